import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { EVENT_JSON_MAX } from "../src/base/limits.ts";

/** What tells one version of a file from the next: the rig writes in place, and uses a name again. */
export interface FileState {
  readonly name: string;
  /** Nanoseconds, decimal. */
  readonly mtimeNs: string;
  readonly size: number;
}

export interface ReadFile {
  readonly file: FileState;
  /** Undefined when it is larger than any event. */
  readonly body: Uint8Array | undefined;
}

export async function readWhole(folder: string, file: FileState): Promise<ReadFile> {
  if (file.size > EVENT_JSON_MAX) return { file, body: undefined };
  return { file, body: new Uint8Array(await readFile(join(folder, file.name))) };
}

/** Undefined for what is gone, and for what is no plain file. */
export async function stateOf(folder: string, name: string): Promise<FileState | undefined> {
  try {
    const found = await stat(join(folder, name), { bigint: true });
    return found.isFile() ? { name, mtimeNs: String(found.mtimeNs), size: Number(found.size) } : undefined;
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return undefined;
    throw error;
  }
}

export function isSame(known: FileState | undefined, file: FileState): boolean {
  return known !== undefined && known.mtimeNs === file.mtimeNs && known.size === file.size;
}
