import type { Database } from "bun:sqlite";
import { assert } from "../../src/base/assert.ts";
import type { Cursor } from "./cursor.ts";

interface Row {
  readonly revision: number;
  readonly epoch: string | null;
  readonly version: number;
  readonly capped: number;
  readonly synced_at: number | null;
  readonly page: string | null;
  readonly page_epoch: string | null;
  readonly page_version: number | null;
  readonly page_full: number | null;
}

export function readCursor(db: Database): Cursor {
  const row = db.query<Row, []>("select * from cursor").get();
  assert(row !== null, "the library has its cursor");
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
  db.query(
    `update cursor set revision = ?, epoch = ?, version = ?, capped = ?, synced_at = ?,
       page = ?, page_epoch = ?, page_version = ?, page_full = ?`,
  ).run(
    cursor.revision,
    cursor.epoch ?? null,
    cursor.version,
    Number(cursor.capped),
    cursor.syncedAt ?? null,
    cursor.run?.page ?? null,
    cursor.run?.epoch ?? null,
    cursor.run?.version ?? null,
    cursor.run === undefined ? null : Number(cursor.run.full),
  );
}
