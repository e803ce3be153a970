import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../src/base/clock.ts";
import { seededRandom, systemRandom } from "../../src/base/random.ts";
import { readBackup } from "../../src/domain/backup/files.ts";
import { directLive } from "../../src/domain/backup/live.ts";
import { makeBackup, type BackupMade } from "../../src/domain/backup/make.ts";
import type { BackupSource, Place } from "../../src/domain/backup/restore.ts";
import { verifyBackup, type Verified } from "../../src/domain/backup/verify.ts";
import { testContext } from "./context.ts";
import { testDatabase, type Engine, type TestDatabase } from "./postgres.ts";
import { temporaryDirectory } from "./temporary.ts";

export interface TakenBackup extends BackupMade {
  readonly path: string;
}

const KEEP = { days: 7, weeks: 4, months: 6 };

/** A backup of a test's database, in a folder of its own. */
export async function takeBackup(from: TestDatabase, recipients: readonly Uint8Array[] = []): Promise<TakenBackup> {
  const to = temporaryDirectory();
  const world = { clock: systemClock, random: systemRandom };
  const order = { to, keep: KEEP, recipients, apartFrom: undefined };
  const made = await makeBackup(world, directLive(from, from.database.engine), order);
  return { ...made, path: join(to, made.file) };
}

export function sourceOf(path: string, secret?: Parameters<typeof readBackup>[1]): BackupSource {
  return () => readBackup(path, secret);
}

export function placeOf({ database, dataDir }: Pick<TestDatabase, "database" | "dataDir">): Place {
  return { database, dataDir };
}

/**
 * Proven in a scratch database of the given engine, which is gone when it returns. It has our tables already: making
 * them costs the embedded one a flush a file.
 */
export async function proveIn(engine: Engine, source: BackupSource, live?: Place): Promise<Verified> {
  const opened: TestDatabase[] = [];
  const scratch = async () => {
    const database = await testDatabase(engine);
    opened.push(database);
    return scratchIn(database);
  };
  try {
    return await verifyBackup({ clock: systemClock }, source, scratch, live);
  } finally {
    for (const database of opened) await database.close();
  }
}

export function scratchIn(database: TestDatabase) {
  const context = { ...testContext(database.sql), clock: systemClock, random: systemRandom };
  return { ...placeOf(database), context, cacheDir: join(database.dataDir, "library-cache") };
}

/** The name of the check that failed, and what it said; undefined when all were passed. */
export function failureOf({ checks }: Verified): string | undefined {
  const failed = checks.find(({ ok }) => !ok);
  return failed === undefined ? undefined : `${failed.name}: ${failed.found}`;
}

/** The same file, cut at so many places, the first byte and the last among them. */
export function* cuts(path: string, places: number): Generator<string> {
  const bytes = readFileSync(path);
  for (let nth = 0; nth < places; nth++) {
    const length = Math.floor((nth * (bytes.byteLength - 1)) / (places - 1));
    yield damaged(bytes.subarray(0, length));
  }
}

/** The same file with one bit turned, at so many places over its length. */
export function* flips(path: string, places: number, seed: number): Generator<string> {
  const random = seededRandom(seed);
  const bytes = readFileSync(path);
  for (let nth = 0; nth < places; nth++) {
    const copy = Buffer.from(bytes);
    const at = random.u32() % copy.byteLength;
    copy[at] = (copy[at] ?? 0) ^ (1 << (random.u32() % 8));
    yield damaged(copy);
  }
}

const DAMAGED = join(temporaryDirectory(), "damaged.tar");

function damaged(bytes: Uint8Array): string {
  writeFileSync(DAMAGED, bytes);
  return DAMAGED;
}
