import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { dirname, join } from "node:path";
import { releasePath, type ReleaseFolder } from "./folder.ts";

const UNIT = /\.(?:service|timer|path)$/;

/** Puts the units as they are beside the release that they belong to, so that both go back together. */
export function keepUnits(folder: ReleaseFolder, version: string, unitDir: string): void {
  const kept = keptUnits(folder, version);
  mkdirSync(kept, { recursive: true });
  for (const name of unitNames(unitDir, folder.product)) copyFileSync(join(unitDir, name), join(kept, name));
}

/** Each unit is the one of before or the one of that release, whenever the machine stops. */
export function restoreUnits(folder: ReleaseFolder, version: string, unitDir: string): void {
  const kept = keptUnits(folder, version);
  for (const name of unitNames(kept, folder.product)) {
    copyFileSync(join(kept, name), join(unitDir, `.${name}.new`));
    renameSync(join(unitDir, `.${name}.new`), join(unitDir, name));
  }
}

function keptUnits(folder: ReleaseFolder, version: string): string {
  return join(dirname(releasePath(folder, version)), "systemd");
}

function unitNames(unitDir: string, product: string): string[] {
  if (!existsSync(unitDir)) return [];
  return readdirSync(unitDir).filter((name) => name.startsWith(product) && UNIT.test(name));
}
