import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "../../src/base/json.ts";
import { writeWhole } from "../../src/base/release/folder.ts";

/** How far fetching a release has come on this rig; outlives a restart. */
export interface Progress {
  /** `2026-11-25`, whose budget is being used. */
  readonly day: string;
  readonly spentBytes: number;
  /** What is being fetched or was given up. */
  readonly version: string;
  /** Of the release itself: damaged, refused, taken back. A bad link is none. */
  readonly failures: number;
  readonly reason: string;
}

const NOTHING: Progress = { day: "", spentBytes: 0, version: "", failures: 0, reason: "" };

export function readProgress(folder: string): Progress {
  try {
    const value: unknown = JSON.parse(readFileSync(join(folder, "progress.json"), "utf8"));
    return isRecord(value) ? { ...NOTHING, ...value } : NOTHING;
  } catch (error) {
    // A file that was damaged costs at most one day's budget, and a release that is tried again.
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return NOTHING;
    throw error;
  }
}

export function writeProgress(folder: string, progress: Progress): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeWhole(join(folder, "progress.json"), `${JSON.stringify(progress)}\n`);
}
