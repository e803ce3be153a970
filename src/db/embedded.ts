import { chmodSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { PGlite } from "@electric-sql/pglite";
import { PGLiteSocketServer } from "@electric-sql/pglite-socket";
import type { Sql } from "postgres";
import type { Log } from "../base/log.ts";
import { closeClient, openClient } from "./client.ts";
import type { Database, DatabaseOptions } from "./connect.ts";
import { databaseDirectory } from "./embedded-directory.ts";
import { startEngine } from "./embedded-engine.ts";
import { lockDirectory } from "./embedded-lock.ts";
import { refuseOthers } from "./embedded-owner.ts";
import { keepUp } from "./embedded-upkeep.ts";

/** A unix socket's path has 107 bytes at most on Linux, 103 elsewhere. */
const SOCKET_PATH_MAX = 100;
const BROKEN_DISK_EXIT = 74;

/**
 * The engine is one session, so more connections gain nothing (1 and 4 were level at 32 writers) and would share its
 * prepared statements and its unnamed portal. On the one, queries are pipelined, and a transaction keeps the others
 * waiting, as the engine would anyway. It is never renewed, since its prepared statements would stay behind.
 */
const CONNECTION = { max: 1, max_lifetime: null, username: "postgres", database: "postgres" } as const;
/** The second is for a reconnect before the engine has noticed that the first is gone. */
const SOCKET_CONNECTIONS = 2;

/** Ready when it resolves, and durable: a commit is on the disk before its query returns. */
export async function openEmbedded(options: DatabaseOptions): Promise<Database> {
  const dataDir = resolve(options.dataDir);
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  refuseOthers(dataDir);
  const unlock = lockDirectory(dataDir);
  try {
    const directory = await databaseDirectory(dataDir);
    const engine = await startEngine({ directory, onBrokenDisk: (error) => endProcess(options.log, error) });
    return await connected(engine, socketPlace(dataDir), options, unlock);
  } catch (error) {
    unlock();
    throw error;
  }
}

async function connected(
  engine: PGlite,
  place: SocketPlace,
  options: DatabaseOptions,
  unlock: () => void,
): Promise<Database> {
  const server = new PGLiteSocketServer({ db: engine, path: place.path, maxConnections: SOCKET_CONNECTIONS });
  await server.start();
  const sql = openClient({ ...CONNECTION, path: place.path, prepare: options.prepare });
  const stopUpkeep = startUpkeep(sql, options);
  const close = async (): Promise<void> => {
    await stopUpkeep();
    await closeClient(sql);
    await server.stop();
    await engine.close();
    place.remove();
    unlock();
  };
  return { sql, engine: "embedded", close };
}

function startUpkeep(sql: Sql, { clock }: DatabaseOptions): () => Promise<void> {
  const stop = new AbortController();
  const upkeep = keepUp(sql, clock, stop.signal);
  return () => {
    stop.abort();
    return upkeep;
  };
}

/**
 * After a failed sync nobody knows what is on the disk; PostgreSQL panics, and PGlite would spin for ever where a
 * server is restarted. So the hub ends here, and its next start replays the log.
 */
function endProcess(log: Log, error: unknown): never {
  log.error("database.disk_failed", { error });
  return process.exit(BROKEN_DISK_EXIT);
}

interface SocketPlace {
  readonly path: string;
  remove(): void;
}

/** A private directory, below the data when its path is short enough. */
function socketPlace(dataDir: string): SocketPlace {
  const own = join(dataDir, "socket");
  const fits = Buffer.byteLength(join(own, "s")) <= SOCKET_PATH_MAX;
  // What a killed hub left there would be in the way: we hold the lock, so it is nobody's.
  if (fits) rmSync(own, { recursive: true, force: true });
  const directory = fits ? own : mkdtempSync(join(tmpdir(), "fleet-hub-"));
  if (fits) mkdirSync(directory);
  chmodSync(directory, 0o700);
  return { path: join(directory, "s"), remove: () => rmSync(directory, { recursive: true, force: true }) };
}
