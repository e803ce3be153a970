import { Database } from "bun:sqlite";
import { existsSync, renameSync, rmSync } from "node:fs";
import { assert } from "../../src/base/assert.ts";
import { isDamage } from "../queue/sqlite-errors.ts";

/** An older file is set aside like a damaged one: all it held is pulled again. */
const SCHEMA_VERSION = 2;
/** Only a verb of a person and the running spoke ever meet here, for milliseconds. */
const BUSY_TIMEOUT_MS = 1000;

const SCHEMA = `
create table episodes (
  id text primary key,
  score real not null,
  timestamp integer not null,
  json text not null,
  seal blob not null,
  sweep integer not null
);
create index episodes_by_worth on episodes (score, timestamp, id);
create table cursor (
  one integer primary key check (one = 1),
  revision integer not null,
  epoch text,
  version integer not null,
  capped integer not null,
  synced_at integer,
  sweep integer not null,
  page text,
  page_epoch text,
  page_version integer,
  page_full integer,
  seal blob
);
create table snapshot (
  one integer primary key check (one = 1),
  revision integer not null,
  bytes blob not null,
  digest blob not null
);
create table refused_rows (
  id text primary key,
  problem text not null,
  refused_at integer not null
);
`;

/**
 * Opens the library's file, or makes it. One that is damaged or of another schema is set aside as `damagedPath`
 * and replaced by an empty one: all it held can be pulled again, and what broke it may be worth a look.
 */
export function openLibraryDatabase(path: string): { db: Database; setAside: boolean } {
  const db = tryOpen(path);
  if (db !== undefined) return { db, setAside: false };
  setAside(path);
  const fresh = tryOpen(path);
  assert(fresh !== undefined, "a new library file can be opened");
  return { db: fresh, setAside: true };
}

/** One is kept, the newest: a rig's disk must not fill up with broken copies. */
export function damagedPath(path: string): string {
  return `${path}.damaged`;
}

function tryOpen(path: string): Database | undefined {
  let db: Database | undefined;
  try {
    db = new Database(path, { create: true, readwrite: true, strict: true });
    db.run(`pragma busy_timeout = ${BUSY_TIMEOUT_MS}`);
    if (isSound(db)) return db;
  } catch (error) {
    if (!isDamage(error, path)) {
      db?.close();
      throw error;
    }
  }
  db?.close();
  return undefined;
}

function isSound(db: Database): boolean {
  db.run("pragma journal_mode = wal");
  db.run("pragma synchronous = full");
  assert(pragma(db, "synchronous") === 2, "the library is written with synchronous=FULL");
  if (pragma(db, "user_version") === 0) create(db);
  const known = pragma(db, "user_version") === SCHEMA_VERSION && schemaOf(db) === expectedSchema();
  // Not the quick one: that does not see an index that names a row no more, under which nothing finds it.
  return known && pragma(db, "integrity_check(1)") === "ok";
}

function schemaOf(db: Database): string {
  const rows = db.query<{ sql: string }, []>("select sql from sqlite_master where sql is not null order by name").all();
  return rows.map(({ sql }) => sql).join(";");
}

/** A flipped bit in a column's name would break statement by statement what has opened well. */
function expectedSchema(): string {
  const db = new Database(":memory:");
  db.run(SCHEMA);
  const schema = schemaOf(db);
  db.close();
  return schema;
}

function create(db: Database): void {
  db.transaction(() => {
    if (pragma(db, "user_version") !== 0) return;
    db.run(SCHEMA);
    db.run(`pragma user_version = ${SCHEMA_VERSION}`);
  }).immediate();
}

function pragma(db: Database, name: string): unknown {
  const row = db.query<Record<string, unknown>, []>(`pragma ${name}`).get();
  return row === null ? undefined : Object.values(row)[0];
}

function setAside(path: string): void {
  renameSync(path, damagedPath(path));
  for (const side of [`${path}-wal`, `${path}-shm`]) if (existsSync(side)) rmSync(side);
}
