import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { unixSeconds } from "../base/clock.ts";
import { hex } from "../base/digest.ts";
import { Fault } from "../base/fault.ts";
import { silentLog } from "../base/log.ts";
import { openZstd } from "../base/zstd-native.ts";
import { createScratch, dropLeftScratches, dropScratch, scratchName, scratchUrl } from "../db/backup/scratch.ts";
import { openDatabase, type Database } from "../db/connect.ts";
import { isRefusedUser } from "../db/errors.ts";
import { directLive, type LiveHub } from "../domain/backup/live.ts";
import type { Place } from "../domain/backup/restore.ts";
import type { Scratch } from "../domain/backup/verify.ts";
import type { HubContext } from "../domain/context.ts";
import type { HubSettings } from "../domain/settings.ts";
import { hubLog, type Cli } from "./environment.ts";
import { askRunningHub } from "./local-door.ts";

/** One for the work and one for what waits beside it. */
const POOL = 2;

/** The live hub, and the place to keep away from: absent when a running hub lends itself through its own door. */
export interface OpenLive {
  readonly hub: LiveHub;
  readonly place: Place | undefined;
}

/** Undefined when there is none: a new machine, where a backup is proven. Closes it after `use`. */
export async function withLive<T>(
  settings: HubSettings,
  cli: Cli,
  use: (live: OpenLive | undefined) => Promise<T>,
): Promise<T> {
  const { database_url: url, data_dir: dataDir } = settings;
  if (url === undefined && !existsSync(join(dataDir, "postgres"))) return use(undefined);
  // A server would take root for the role, and the hub's is another.
  const door = url === undefined || cli.installed === true ? await askRunningHub(dataDir) : undefined;
  if (door !== undefined) return use({ hub: door, place: undefined });
  return withDatabase(settings, cli, { url, dataDir }, (database) =>
    use({ hub: directLive(database, database.engine), place: { database, dataDir } }),
  );
}

/** A URL, or the folder of an embedded database. Closes it after `use`. */
export async function withTarget<T>(
  settings: HubSettings,
  cli: Cli,
  target: string,
  use: (place: Place) => Promise<T>,
): Promise<T> {
  const url = targetUrl(target);
  const dataDir = url === undefined ? target : settings.data_dir;
  return withDatabase(settings, cli, { url, dataDir }, (database) => use({ database, dataDir }));
}

/** Faults: `usage` for a password where every user of the machine can read it. */
export function targetUrl(target: string): string | undefined {
  if (!/^postgres(ql)?:\/\//.test(target)) return undefined;
  if (!/^[^/]*\/\/[^/@]*:[^/@]*@/.test(target)) return target;
  throw new Fault("usage", "the URL holds a password, which everybody here can see", "give it as PGPASSWORD instead");
}

async function withDatabase<T>(
  settings: HubSettings,
  cli: Cli,
  place: { readonly url: string | undefined; readonly dataDir: string },
  use: (database: Database) => Promise<T>,
): Promise<T> {
  const database = await openDatabase({
    databaseUrl: place.url,
    dataDir: place.dataDir,
    pool: POOL,
    prepare: settings.database_prepare,
    log: hubLog(settings, cli),
    clock: cli.clock,
  });
  try {
    return await use(database);
  } finally {
    await database.close();
  }
}

export type ScratchKind = "server" | "embedded";

/**
 * Hands out a way to a database that nobody else has, and takes it away afterwards, whatever happened. On the live
 * server where the role may create one, else in a temporary folder.
 */
export async function withScratch<T>(
  settings: HubSettings,
  cli: Cli,
  kind: ScratchKind | undefined,
  use: (open: () => Promise<Scratch>) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "fleet-verify-"));
  const closers: (() => Promise<void>)[] = [async () => rmSync(folder, { recursive: true, force: true })];
  const open = async (): Promise<Scratch> => {
    const url = kind === "embedded" ? undefined : await scratchOnServer(settings, cli, closers);
    if (url === undefined && kind === "server") {
      throw new Fault("config", "this role may not create a database", "alter role … createdb, or --scratch embedded");
    }
    const options = { databaseUrl: url, dataDir: folder, pool: POOL, prepare: settings.database_prepare };
    const database = await openDatabase({ ...options, log: hubLog(settings, cli), clock: cli.clock });
    closers.push(() => database.close());
    const context = await scratchContext(settings, cli, database, folder);
    return { database, dataDir: folder, context, cacheDir: join(folder, "library-cache") };
  };
  try {
    return await use(open);
  } finally {
    for (const close of closers.toReversed()) await close();
  }
}

async function scratchOnServer(
  settings: HubSettings,
  cli: Cli,
  closers: (() => Promise<void>)[],
): Promise<string | undefined> {
  const url = settings.database_url;
  if (url === undefined) return undefined;
  const nowS = unixSeconds(cli.clock);
  const name = scratchName(nowS, hex(cli.random.bytes(8)));
  const place = { url, dataDir: settings.data_dir };
  const made = await withDatabase(settings, cli, place, async ({ sql }) => {
    await dropLeftScratches(sql, nowS);
    return createScratch(sql, name);
  }).catch((error: unknown) => {
    if (isRefusedUser(error)) return false;
    throw error;
  });
  if (!made) return undefined;
  closers.push(() => withDatabase(settings, cli, place, ({ sql }) => dropScratch(sql, name)));
  return scratchUrl(url, name);
}

async function scratchContext(settings: HubSettings, cli: Cli, { sql }: Database, folder: string): Promise<HubContext> {
  const own = { ...settings, database_url: undefined, data_dir: folder };
  const { clock, random } = cli;
  return { sql, clock, random, log: silentLog, zstd: await openZstd(), settings: own, shard: 0 };
}
