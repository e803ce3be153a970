import {
  closeSync,
  fchmodSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { Fault } from "./fault.ts";

/** Undefined when there is none. Faults: `config`, for one that is too large or cannot be read. */
export function readSmallFile(path: string, maxBytes: number): Uint8Array | undefined {
  try {
    const { size } = statSync(path);
    if (size > maxBytes) throw new Fault("config", `${path} has ${size} bytes, over ${maxBytes}`);
    return readFileSync(path);
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    if (code === "ENOENT") return undefined;
    if (error instanceof Fault) throw error;
    throw new Fault("config", `${path} cannot be read (${String(code)})`, "run this as its owner");
  }
}

/** Readers see the old content or the new one, never half of either; whoever may read it is said, not left to a umask. */
export function writeSmallFile(path: string, text: string, mode: number): void {
  const beside = `${path}.new`;
  rmSync(beside, { force: true });
  const file = openSync(beside, "wx", mode);
  try {
    fchmodSync(file, mode);
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(beside, path);
}
