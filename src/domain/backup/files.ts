import { createReadStream, existsSync, mkdirSync, readdirSync, rmSync, statSync, type BigIntStats } from "node:fs";
import { open, rename } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { KeyObject } from "node:crypto";
import { hex } from "../../base/digest.ts";
import { Fault } from "../../base/fault.ts";
import { KIB } from "../../base/limits.ts";
import type { Random } from "../../base/random.ts";
import { isSealedStream, unseal } from "../../base/seal.ts";
import type { DatedFile } from "./retention.ts";

const NAME = /^fleet-hub-(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z-[0-9a-f]{8}\.tar(\.sealed)?$/;
const UNFINISHED = ".unfinished";
const UNFINISHED_OLD_MS = 86_400_000;
const START_BYTES = 64;

export function backupName(at: Date, random: Random, sealed: boolean): string {
  const time = at.toISOString().replaceAll(/[-:]|\.\d+/g, "");
  return `fleet-hub-${time}-${hex(random.bytes(4))}.tar${sealed ? ".sealed" : ""}`;
}

/** Backups of a folder, by the time in their names; everything else there is none of our business. */
export function backupsIn(folder: string): DatedFile[] {
  return readdirSync(folder).flatMap((name) => {
    const [, year, month, day, hour, minute, second] = NAME.exec(name) ?? [];
    if (year === undefined) return [];
    return [{ name, at: new Date(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`) }];
  });
}

/** The file itself, or the newest backup of a folder. Faults: `not_found`. */
export function backupFile(path: string): string {
  const found = statSync(path, { throwIfNoEntry: false });
  if (found === undefined) throw new Fault("not_found", `there is no ${path}`, "name a backup, or a folder of them");
  if (!found.isDirectory()) return path;
  const [newest] = backupsIn(path).toSorted((left, right) => right.at.getTime() - left.at.getTime());
  if (newest === undefined) throw new Fault("not_found", `there is no backup in ${path}`, "take one: fleet-hub backup");
  return join(path, newest.name);
}

/** Returns the size. The file is there whole, under its name, or not at all. */
export async function writeFile(path: string, bytes: AsyncIterable<Uint8Array>): Promise<number> {
  const beside = path + UNFINISHED;
  const file = await open(beside, "wx", 0o600);
  let size = 0;
  try {
    for await (const chunk of bytes) {
      await file.writeFile(chunk);
      size += chunk.byteLength;
    }
    await file.sync();
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  } finally {
    await file.close();
  }
  await rename(beside, path);
  await syncFolder(dirname(path));
  return size;
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** What a killed backup left. A younger one may still be written. */
export function dropUnfinished(folder: string, nowMs: number): void {
  for (const name of readdirSync(folder)) {
    if (!name.endsWith(UNFINISHED) || !NAME.test(name.slice(0, -UNFINISHED.length))) continue;
    const path = join(folder, name);
    if (nowMs - statSync(path).mtimeMs > UNFINISHED_OLD_MS) rmSync(path, { force: true });
  }
}

/** Faults: `forbidden` for a sealed one without its key; later `corrupt`. */
export async function readBackup(path: string, secret: KeyObject | undefined): Promise<AsyncIterable<Uint8Array>> {
  const file = await open(path, "r");
  const start = new Uint8Array(START_BYTES);
  await file.read(start, 0, START_BYTES, 0);
  await file.close();
  const stream: AsyncIterable<Uint8Array> = createReadStream(path, { highWaterMark: 256 * KIB });
  if (!isSealedStream(start)) return stream;
  if (secret !== undefined) return unseal(stream, secret);
  throw new Fault("forbidden", `${path} is sealed`, "name the file with the secret key: --identity FILE");
}

/** Makes the folder when it is not there. Faults: `config` when it lies on the same disk as `database`. */
export function prepareFolder(folder: string, database: string | undefined): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  if (database === undefined || !existsSync(database)) return;
  if (device(folder) !== device(database)) return;
  throw new Fault(
    "config",
    `${folder} is on the disk of the database (${database}), which would take both`,
    "name a folder on another disk, or say --same-disk when the files are copied elsewhere",
  );
}

function device(path: string): bigint {
  const { dev }: BigIntStats = statSync(path, { bigint: true });
  return dev;
}

export function fileSize(path: string): number {
  return statSync(path).size;
}
