import { closeSync, fsyncSync, openSync, rmSync, statfsSync, writeSync } from "node:fs";
import { join } from "node:path";
import type { Random } from "../../../src/base/random.ts";

const CHUNK_BYTES = 64 * 1024;

/** Something else fills the disk up, but for some blocks. */
export function fill(folder: string, random: Random): void {
  const fd = openSync(join(folder, "filler"), "a");
  const left = (random.u32() % 8) * CHUNK_BYTES;
  const chunk = Buffer.alloc(CHUNK_BYTES, 0x55);
  try {
    for (;;) {
      const { bavail, bsize } = statfsSync(folder);
      if (left > 0 && bavail * bsize <= left) break;
      writeSync(fd, chunk);
    }
  } catch (error) {
    if ((error as { code?: unknown }).code !== "ENOSPC") throw error;
  }
  try {
    fsyncSync(fd);
  } catch {
    // Of a full disk: as full as it gets.
  }
  closeSync(fd);
}

/** Then there is room again. */
export function freeUp(folder: string): void {
  rmSync(join(folder, "filler"), { force: true });
}
