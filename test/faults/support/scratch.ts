import { existsSync, mkdtempSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../../support/temporary.ts";

let root: string | undefined;

/** A fresh folder, in memory where it can be: for what is read and written thousands of times, and never cut off. */
export function scratchFolder(): string {
  root ??= existsSync("/dev/shm") ? inMemory() : temporaryDirectory();
  return mkdtempSync(join(root, "d-"));
}

/** Gone when the process is, however it ends. */
function inMemory(): string {
  const folder = mkdtempSync("/dev/shm/fleet-faults-");
  const script = `trap "" INT TERM HUP; read -r _; rm -rf "$1"`;
  Bun.spawn(["/bin/sh", "-c", script, "janitor", folder], {
    stdin: "pipe",
    stdout: "ignore",
    stderr: "ignore",
  }).unref();
  return folder;
}
