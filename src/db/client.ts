import postgres, { type Options, type Sql } from "postgres";
import { assert } from "../base/assert.ts";
import { arrayTypes, elementTypes } from "./array-types.ts";
import { readTime } from "./times.ts";

/** int8 as PostgreSQL numbers its types. */
const INT8 = 20;
const CLOSE_S = 5;

export type ClientOptions = Options<Record<string, never>>;

/** Counters and versions stay far below 2⁵³, so they are numbers; one that does not fit is our own bug. */
const safeBigint = {
  to: INT8,
  from: [INT8],
  serialize: String,
  parse(text: string): number {
    const value = Number(text);
    assert(Number.isSafeInteger(value), `the database's ${text} is an exact number`);
    return value;
  },
};

/** date, timestamp and timestamptz. */
const time = {
  to: 1184,
  from: [1082, 1114, 1184],
  serialize: (value: Date | string): string => (value instanceof Date ? value : new Date(value)).toISOString(),
  parse: readTime,
};

/**
 * The one way to either database. Values come as JavaScript has them: timestamptz a Date, bigint a safe number,
 * bytea bytes, jsonb parsed. Nothing connects before the first query.
 */
export function openClient(options: ClientOptions, url?: string): Sql {
  const types = { bigint: safeBigint, date: time, ...arrayTypes(elementTypes((text) => safeBigint.parse(text))) };
  const all = { ...options, types, fetch_types: false, onnotice: ignoreNotice };
  return (url === undefined ? postgres(all) : postgres(url, all)) as Sql;
}

export async function closeClient(sql: Sql): Promise<void> {
  await sql.end({ timeout: CLOSE_S });
}

/** The client would print notices to stdout, where a verb's own output goes. */
function ignoreNotice(): void {}
