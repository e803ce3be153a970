import { spawn } from "node:child_process";
import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Waits for the pipe to close, which it does however this process ends; `bun test` runs no exit handlers. */
const JANITOR = `trap "" INT TERM HUP; read -r _; rm -rf "$1"`;

let root: string | undefined;

/** A fresh directory that is gone when the process is. */
export function temporaryDirectory(): string {
  if (root === undefined) {
    root = mkdtempSync(join(tmpdir(), "fleet-test-"));
    spawn("/bin/sh", ["-c", JANITOR, "janitor", root], { stdio: ["pipe", "ignore", "ignore"] }).unref();
  }
  return mkdtempSync(join(root, "d-"));
}
