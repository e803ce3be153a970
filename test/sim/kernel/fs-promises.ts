/** What the spoke's folder intake takes for `node:fs/promises`: each call is a release of its rig's, never a thread's. */
import { readdirSync, readFileSync, statSync, unlinkSync } from "node:fs";
import type { Kernel, Life } from "./kernel.ts";

interface Machine {
  readonly kernel: Kernel;
  readonly life: () => Life;
}

const machines = new Map<string, Machine>();

/** Files below the folder are this machine's. */
export function ownFolder(folder: string, machine: Machine): void {
  machines.set(folder, machine);
}

export function disownFolder(folder: string): void {
  machines.delete(folder);
}

export const readdir = (path: string): Promise<string[]> => inTurn(path, () => readdirSync(path));
export const readFile = (path: string): Promise<Buffer> => inTurn(path, () => readFileSync(path));
export const unlink = (path: string): Promise<void> => inTurn(path, () => unlinkSync(path));
export const stat = (path: string, options: { bigint: true }) => inTurn(path, () => statSync(path, options));

function inTurn<T>(path: string, action: () => T): Promise<T> {
  const machine = [...machines].find(([folder]) => path === folder || path.startsWith(`${folder}/`))?.[1];
  if (machine === undefined) throw new Error(`no machine has ${path}`);
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  machine.kernel.quietly(0, machine.life(), () => {
    try {
      resolve(action());
    } catch (error) {
      reject(error);
    }
  });
  return promise;
}
