import { Database } from "bun:sqlite";
import { closeSync, existsSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { assert } from "../../src/base/assert.ts";
import type { Clock } from "../../src/base/clock.ts";
import { Fault } from "../../src/base/fault.ts";
import type { Log } from "../../src/base/log.ts";
import type { Ballast } from "./ballast.ts";
import { salvage, type Salvaged } from "./salvage.ts";
import { isDamage, isDiskFull } from "./sqlite-errors.ts";
import { SCHEMA, SCHEMA_VERSION } from "./schema.ts";

export interface DatabaseDeps {
  readonly clock: Clock;
  readonly log: Log;
  readonly ballast: Ballast;
}

/**
 * Opens the queue's file, or starts one. A damaged file is put aside under a name of its own, what can still be read
 * of it moves into a new one, and the log says so: a rig goes on queueing whatever its disk did.
 * Faults: `config` for a file of a newer spoke. Throws when the folder cannot be written.
 */
export function openDatabase(path: string, deps: DatabaseDeps): Database {
  mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
  finishReplacing(path);
  return openWithRoom(path, deps.ballast) ?? replaceDamaged(path, deps);
}

/** Another process of ours may hold the writer's lock for one commit; a wait blocks the event loop. */
const BUSY_TIMEOUT_MS = 250;
const SYNCHRONOUS_FULL = 2;
/** 1 MB: a log that stays small is overwritten in place, where a growing one costs the disk a second write a commit. */
const LOG_PAGES = 250;

function openWithRoom(path: string, ballast: Ballast): Database | undefined {
  try {
    return openSound(path);
  } catch (error) {
    if (!isDiskFull(error) || !ballast.release()) throw error;
    return openSound(path);
  }
}

/** Undefined when the file is damaged. */
function openSound(path: string): Database | undefined {
  let db: Database | undefined;
  try {
    db = new Database(path, { create: true, readwrite: true, strict: true });
    configure(db);
    if (isWhole(db) && hasOurSchema(db)) return db;
  } catch (error) {
    if (!isDamage(error, path)) {
      db?.close();
      throw error;
    }
  }
  db?.close();
  return undefined;
}

function configure(db: Database): void {
  db.run(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`);
  db.run("pragma journal_mode = wal");
  db.run("pragma synchronous = full");
  db.run(`pragma wal_autocheckpoint = ${LOG_PAGES}`);
  const { synchronous } = db.query<{ synchronous: number }, []>("pragma synchronous").get() ?? { synchronous: -1 };
  assert(synchronous === SYNCHRONOUS_FULL, "the queue syncs every commit");
}

function isWhole(db: Database): boolean {
  return db.query<{ integrity_check: string }, []>("pragma integrity_check(1)").get()?.integrity_check === "ok";
}

function hasOurSchema(db: Database): boolean {
  const found = db.query<{ name: string; sql: string }, []>(
    "select name, sql from sqlite_master where sql is not null",
  );
  const rows = found.all();
  const { user_version: version } = db.query<{ user_version: number }, []>("pragma user_version").get() ?? {
    user_version: 0,
  };
  if (rows.length === 0 && version === 0) createSchema(db);
  else if (!isSchema(rows)) return refuseNewer(version);
  return true;
}

function isSchema(rows: readonly { name: string; sql: string }[]): boolean {
  return rows.length === Object.keys(SCHEMA).length && rows.every((row) => SCHEMA[row.name] === written(row.sql));
}

function refuseNewer(version: number): false {
  if (version <= SCHEMA_VERSION) return false;
  throw new Fault("config", "the queue was written by a newer fleet-spoke", "put the newer release back");
}

/** SQLite keeps the statement as it was given, but writes its first words in capitals. */
function written(sql: string): string {
  return sql.replace(/^CREATE (TABLE|INDEX) /, (_all, kind: string) => `create ${kind.toLowerCase()} `);
}

function createSchema(db: Database): void {
  db.transaction(() => {
    for (const statement of Object.values(SCHEMA)) db.run(statement);
    db.run(`pragma user_version = ${SCHEMA_VERSION}`);
  }).immediate();
}

/**
 * The new file is whole before the old one moves, and a start that finds only the new one takes it: power may go at
 * any point.
 */
function replaceDamaged(path: string, deps: DatabaseDeps): Database {
  const rebuilt = rebuiltPath(path);
  for (const suffix of SUFFIXES) rmSync(rebuilt + suffix, { force: true });
  deps.ballast.release();
  const { kept, lost } = rebuild(path, rebuilt, deps.clock);
  const aside = setAside(path, deps.clock);
  renameSync(rebuilt, path);
  syncFolder(dirname(path));
  deps.log.error("queue.damaged", { file: path, set_aside: aside, events_kept: kept, events_lost: lost });
  const db = openSound(path);
  assert(db !== undefined, "a rebuilt queue is sound");
  return db;
}

function rebuild(path: string, rebuilt: string, clock: Clock): Salvaged {
  const db = openSound(rebuilt);
  assert(db !== undefined, "a new queue is sound");
  try {
    return salvage(path, db, clock);
  } finally {
    db.run("pragma wal_checkpoint(truncate)");
    db.close();
  }
}

function finishReplacing(path: string): void {
  if (existsSync(path) || !existsSync(rebuiltPath(path))) return;
  renameSync(rebuiltPath(path), path);
}

function rebuiltPath(path: string): string {
  return `${path}.rebuilt`;
}

const SUFFIXES = ["", "-wal", "-shm"] as const;

/** With its log, which may hold the newest events. */
function setAside(path: string, clock: Clock): string {
  const stamp = new Date(clock.now()).toISOString().replaceAll(/[:.]/g, "-");
  let aside = `${path}.corrupt-${stamp}`;
  for (let n = 2; existsSync(aside); n++) aside = `${path}.corrupt-${stamp}-${n}`;
  for (const suffix of SUFFIXES) {
    if (existsSync(path + suffix)) renameSync(path + suffix, aside + suffix);
  }
  return aside;
}

function syncFolder(folder: string): void {
  const fd = openSync(folder, "r");
  fsyncSync(fd);
  closeSync(fd);
}
