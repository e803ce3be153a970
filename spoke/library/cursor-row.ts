import type { Database } from "bun:sqlite";
import { isSealed, sealOf, type SealedValue } from "../queue/seal.ts";
import type { Cursor } from "./cursor.ts";

interface Row {
  readonly revision: number;
  readonly epoch: string | null;
  readonly version: number;
  readonly capped: number;
  readonly synced_at: number | null;
  /** Of the rows of the whole library that came last; what it has not named yet has an older one. */
  readonly sweep: number;
  readonly page: string | null;
  readonly page_epoch: string | null;
  readonly page_version: number | null;
  readonly page_full: number | null;
}

/** Nothing is known: the next pull brings the whole library. */
const FORGOTTEN = {
  epoch: null,
  version: 0,
  capped: 0,
  synced_at: null,
  page: null,
  page_epoch: null,
  page_version: null,
  page_full: null,
} as const;

export function readCursor(db: Database): Cursor {
  const row = readRow(db);
  return {
    revision: row.revision,
    epoch: row.epoch ?? undefined,
    version: row.version,
    capped: row.capped === 1,
    syncedAt: row.synced_at ?? undefined,
    run: row.page === null ? undefined : runOf(row, row.page),
  };
}

function runOf(row: Row, page: string): NonNullable<Cursor["run"]> {
  return {
    page,
    epoch: row.page_epoch ?? undefined,
    version: row.page_version ?? 0,
    full: row.page_full === 1,
  };
}

/** Inside the transaction that writes the rows it speaks of. */
export function writeCursor(db: Database, cursor: Cursor): void {
  changeRow(db, {
    revision: cursor.revision,
    epoch: cursor.epoch ?? null,
    version: cursor.version,
    capped: Number(cursor.capped),
    synced_at: cursor.syncedAt ?? null,
    page: cursor.run?.page ?? null,
    page_epoch: cursor.run?.epoch ?? null,
    page_version: cursor.run?.version ?? null,
    page_full: cursor.run === undefined ? null : Number(cursor.run.full),
  });
}

export function markFresh(db: Database, nowS: number): void {
  changeRow(db, { synced_at: nowS, page: null });
}

export function forgetRun(db: Database): void {
  changeRow(db, { page: null });
}

export function forgetCursor(db: Database): void {
  changeRow(db, { epoch: null, version: 0, page: null });
}

/** The same after a row was dropped for its damage: nothing made of the rows before fits them now. */
export function forgetRows(db: Database): void {
  changeRow(db, { epoch: null, version: 0, page: null, revision: readRow(db).revision + 1 });
}

export function beginSweep(db: Database): void {
  changeRow(db, { sweep: readRow(db).sweep + 1 });
}

/**
 * A cursor with a flipped bit would pass over versions for ever, and nothing else could tell. Returns false when it had
 * to be forgotten; a new library gets its first one.
 */
export function settleCursor(db: Database): boolean {
  return db.transaction(() => settle(db)).immediate();
}

function settle(db: Database): boolean {
  const row = db.query<Row & { seal: Uint8Array }, []>("select * from cursor").get();
  if (row !== null && isSealed(row.seal, sealedValues(row))) return true;
  const sweep = db.query<{ sweep: number | null }, []>("select max(sweep) as sweep from episodes").get()?.sweep ?? 0;
  const known = db.query<{ revision: number | null }, []>("select max(revision) as revision from snapshot").get();
  db.run("delete from cursor");
  db.run("delete from snapshot");
  db.run("insert into cursor (one, revision, version, capped, sweep) values (1, 0, 0, 0, 0)");
  write(db, { ...FORGOTTEN, sweep, revision: (known?.revision ?? 0) + 1 });
  return row === null && sweep === 0;
}

function readRow(db: Database): Row {
  const row = db.query<Row, []>("select * from cursor").get();
  if (row === null) throw new Error("the library has no cursor");
  return row;
}

function changeRow(db: Database, changes: Partial<Row>): void {
  write(db, { ...readRow(db), ...changes });
}

function write(db: Database, row: Row): void {
  db.query(
    `update cursor set revision = ?, epoch = ?, version = ?, capped = ?, synced_at = ?, sweep = ?,
       page = ?, page_epoch = ?, page_version = ?, page_full = ?, seal = ?`,
  ).run(...sealedValues(row), sealOf(sealedValues(row)));
}

function sealedValues(row: Row): SealedValue[] {
  const { revision, epoch, version, capped, synced_at, sweep, page, page_epoch, page_version, page_full } = row;
  return [revision, epoch, version, capped, synced_at, sweep, page, page_epoch, page_version, page_full];
}
