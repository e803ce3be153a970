import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { open } from "node:fs/promises";
import { join } from "node:path";
import { zstdDecompressSync } from "node:zlib";
import { Fault } from "../base/fault.ts";
import { MIB } from "../base/limits.ts";
import snapshotPath from "./assets/embedded-snapshot.tar.zst" with { type: "file" };

/** PostgreSQL's major version inside PGlite: the format of the files. */
export const EMBEDDED_MAJOR = "18";
const SNAPSHOT_MAX = 128 * MIB;
/** Syncs under way at once: the file system joins them into few commits of its journal. */
const SYNCS = 16;

/**
 * The database's own directory below `dataDir`. The first time it is unpacked beside its place, synced, and renamed:
 * a cut at any point leaves either nothing or a whole database. initdb itself would take 4 s and 1 GB of memory.
 */
export async function databaseDirectory(dataDir: string): Promise<string> {
  const directory = join(dataDir, "postgres");
  if (existsSync(directory)) {
    refuseForeign(directory);
    return directory;
  }
  const beside = `${directory}.new`;
  rmSync(beside, { recursive: true, force: true });
  // PostgreSQL refuses a directory that others may read.
  mkdirSync(beside, { mode: 0o700 });
  await new Bun.Archive(await snapshot()).extract(beside);
  await syncTree(beside);
  renameSync(beside, directory);
  await syncAll([dataDir]);
  return directory;
}

async function snapshot(): Promise<Uint8Array> {
  return zstdDecompressSync(await Bun.file(snapshotPath).bytes(), { maxOutputLength: SNAPSHOT_MAX });
}

function refuseForeign(directory: string): void {
  const file = join(directory, "PG_VERSION");
  const major = existsSync(file) ? readFileSync(file, "utf8").trim() : "no";
  if (major === EMBEDDED_MAJOR) return;
  throw new Fault(
    "config",
    `${directory} holds ${major === "no" ? "no database" : `a database of PostgreSQL ${major}`}, this hub reads ${EMBEDDED_MAJOR}`,
    "give the hub another data directory, or put back the release that made this one",
  );
}

async function syncTree(directory: string): Promise<void> {
  const entries = readdirSync(directory, { recursive: true, encoding: "utf8" });
  await syncAll([directory, ...entries.map((entry) => join(directory, entry))]);
}

async function syncAll(paths: readonly string[]): Promise<void> {
  const waiting = [...paths];
  const worker = async (): Promise<void> => {
    for (let path = waiting.pop(); path !== undefined; path = waiting.pop()) await sync(path);
  };
  await Promise.all(Array.from({ length: SYNCS }, worker));
}

async function sync(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
