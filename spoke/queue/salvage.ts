import { Database } from "bun:sqlite";
import { closeSync, openSync, readSync, statSync, truncateSync } from "node:fs";
import type { Clock } from "../../src/base/clock.ts";
import { MIB } from "../../src/base/limits.ts";
import { RISK_LEVELS } from "../../src/wire/vocabulary.ts";
import { isDiskFull } from "./sqlite-errors.ts";
import { createReceipts } from "./receipts.ts";

export interface Salvaged {
  readonly kept: number;
  readonly lost: number;
}

/** Tables whose rows are worth more than a fresh start, with the key that finds one row, and the indexes that list it. */
const TABLES = [
  { table: "events", key: "seq", name: "id", indexes: ["events_by_worth", "sqlite_autoindex_events_1"] },
  { table: "outcomes", key: "event_id", name: "event_id", indexes: [] },
  { table: "acknowledgments", key: "ticket_timestamp", name: "ticket_timestamp", indexes: [] },
  { table: "receipts", key: "seq", name: "event_id", indexes: ["sqlite_autoindex_receipts_1"] },
  { table: "corrupt", key: "seq", name: "key", indexes: [] },
] as const;
type Table = (typeof TABLES)[number];

/**
 * Moves every row that can still be read into a sound file. A row that its key still names, and no more, is lost and
 * gets a receipt. Whether a row is what was written is for its seal to say, later.
 */
export function salvage(damaged: string, into: Database, clock: Clock): Salvaged {
  const from = openDamaged(damaged);
  if (from === undefined) return { kept: 0, lost: 0 };
  const result = into.transaction(() => TABLES.map((table) => moveTable(from, into, table)));
  const [events = { kept: 0, lost: [] }] = result.immediate();
  const receipts = createReceipts(into);
  for (const name of events.lost) {
    receipts.record({ event_id: name, risk: RISK_LEVELS[1], reason: "corrupt", at: clock.now() });
  }
  from.close();
  return { kept: events.kept, lost: events.lost.length };
}

function openDamaged(path: string): Database | undefined {
  return attempt(() => {
    fillUp(path);
    const db = new Database(path, { readwrite: true, create: false, strict: true });
    db.query("select count(*) from sqlite_master").get();
    return db;
  });
}

const PAGE_SIZE_AT = 16;
const PAGE_COUNT_AT = 28;
const HEADER_BYTES = 32;
/** A damaged header may name any size; the zeros take no room on the disk. */
const FILLED_MAX_BYTES = 1024 * MIB;

/** SQLite refuses a whole file for the end that it lost. With empty pages there it reads what is left. */
function fillUp(path: string): void {
  const header = Buffer.alloc(HEADER_BYTES);
  const fd = openSync(path, "r");
  readSync(fd, header, 0, HEADER_BYTES, 0);
  closeSync(fd);
  const bytes = header.readUInt16BE(PAGE_SIZE_AT) * header.readUInt32BE(PAGE_COUNT_AT);
  if (bytes > statSync(path).size && bytes <= FILLED_MAX_BYTES) truncateSync(path, bytes);
}

function moveTable(from: Database, into: Database, table: Table): { kept: number; lost: string[] } {
  let kept = 0;
  const lost: string[] = [];
  for (const [key, name] of readableKeys(from, table)) {
    if (attempt(() => moveRow(from, into, table, key)) === true) kept++;
    else lost.push(name ?? `row ${key}`);
  }
  return { kept, lost };
}

type Key = string | number;

/** From the table itself and from each index: a broken page of one hides rows that the others still name. */
function readableKeys(from: Database, table: Table): Map<Key, string | undefined> {
  const keys = new Map<Key, string | undefined>();
  for (const source of ["not indexed", ...table.indexes.map((index) => `indexed by ${index}`)]) {
    const named = source.includes("autoindex") || source === "not indexed";
    const columns = named ? `${table.key} as key, ${table.name} as name` : `${table.key} as key, null as name`;
    attempt(() => {
      const query = from.query<{ key: Key; name: Key | null }, []>(`select ${columns} from ${table.table} ${source}`);
      for (const { key, name } of query.iterate()) keys.set(key, name === null ? keys.get(key) : String(name));
    });
  }
  return keys;
}

function moveRow(from: Database, into: Database, table: Table, key: Key): boolean {
  const row = from
    .query<Record<string, Key | Uint8Array | null>, { key: Key }>(
      `select * from ${table.table} not indexed where ${table.key} = $key`,
    )
    .get({ key });
  if (row === null) return false;
  const columns = Object.keys(row);
  const values = columns.map((column) => `$${column}`);
  into.query(`insert into ${table.table} (${columns.join(", ")}) values (${values.join(", ")})`).run(row);
  return true;
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch (error) {
    if (isDiskFull(error)) throw error;
    return undefined;
  }
}
