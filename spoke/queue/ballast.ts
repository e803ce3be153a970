import { existsSync, rmSync, writeFileSync } from "node:fs";
import { MIB } from "../../src/base/limits.ts";

/** Room for a write-ahead log of ten of the largest folder files would be too much; this is one of the largest, twice. */
export const BALLAST_BYTES = 4 * MIB;

/**
 * A file whose only use is to be deleted. On a full disk SQLite can neither insert nor delete, as both grow its log;
 * the ballast gives it the room to evict.
 */
export interface Ballast {
  /** Returns false when it had been released before. */
  release(): boolean;
  /** Takes the room again when the disk has it. */
  restore(): void;
  readonly held: boolean;
}

export function createBallast(path: string): Ballast {
  return {
    release() {
      if (!existsSync(path)) return false;
      rmSync(path);
      return true;
    },
    restore() {
      if (existsSync(path)) return;
      try {
        writeFileSync(path, new Uint8Array(BALLAST_BYTES), { mode: 0o600 });
      } catch (error) {
        rmSync(path, { force: true });
        if (!isFull(error)) throw error;
      }
    },
    get held() {
      return existsSync(path);
    },
  };
}

function isFull(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return code === "ENOSPC" || code === "EDQUOT";
}
