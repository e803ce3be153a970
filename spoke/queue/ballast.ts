import { existsSync, rmSync, writeFileSync } from "node:fs";
import { MIB } from "../../src/base/limits.ts";

/** What the log grows by for the largest event, twice, and what it holds of others until then. */
export const BALLAST_BYTES = 4 * MIB;
/** On a disk that has little, a smaller one: a log of the size we keep. */
const BALLAST_LEAST_BYTES = MIB;

/**
 * A file whose only use is to be deleted. On a full disk SQLite can neither insert nor delete, as both grow its log;
 * the ballast gives it the room to evict.
 */
export interface Ballast {
  /** Returns false when it had been released before. */
  release(): boolean;
  /** Takes the room again, or what there is of it. */
  restore(): void;
}

export function createBallast(path: string): Ballast {
  return {
    release() {
      if (!existsSync(path)) return false;
      rmSync(path);
      return true;
    },
    restore() {
      for (let bytes = BALLAST_BYTES; bytes >= BALLAST_LEAST_BYTES && !existsSync(path); bytes /= 2) take(path, bytes);
    },
  };
}

function take(path: string, bytes: number): void {
  try {
    writeFileSync(path, new Uint8Array(bytes), { mode: 0o600 });
  } catch (error) {
    rmSync(path, { force: true });
    if (!isFull(error)) throw error;
  }
}

function isFull(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return code === "ENOSPC" || code === "EDQUOT";
}
