import type { ISql, Sql, TransactionSql } from "postgres";

/** Rows as the database's own JSON: one statement, one parameter, whatever their number. */
export interface Bulk {
  readonly table: string;
  readonly rows: readonly object[];
}

const ROWS_A_STATEMENT = 1000;

/** The hub's flush of each commit is not waited for: what a crash would lose is made again by the same command. */
export async function inBulk<T>(sql: Sql, work: (tx: TransactionSql) => Promise<T>): Promise<T> {
  const done = await sql.begin(async (tx) => {
    await tx`select set_config('synchronous_commit', 'off', true), set_config('statement_timeout', '0', true)`;
    return { value: await work(tx) };
  });
  return done.value;
}

/** Inserts the columns that the rows name; the others get their defaults. Numbers that the database gives may be given. */
export async function insertRows(tx: ISql, { table, rows }: Bulk): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const columns = Object.keys(first)
    .map((name) => `"${name}"`)
    .join(", ");
  const statement = `
    insert into ${table} (${columns}) overriding system value
    select ${columns} from json_populate_recordset(null::${table}, $1::text::json)`;
  for (let at = 0; at < rows.length; at += ROWS_A_STATEMENT) {
    await tx.unsafe(statement, [JSON.stringify(rows.slice(at, at + ROWS_A_STATEMENT))], { prepare: true });
  }
}

/** Bytes as `json_populate_recordset` reads a bytea. */
export function byteText(bytes: Uint8Array): string {
  return `\\x${Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex")}`;
}

export interface HeldIndex {
  readonly name: string;
  readonly definition: string;
}

/** Takes away the indexes that no constraint needs; `restoreIndexes` brings back the very same. */
export async function dropIndexes(tx: ISql, tables: readonly string[]): Promise<HeldIndex[]> {
  const held = await tx<HeldIndex[]>`
    select indexrelid::regclass::text as name, pg_get_indexdef(indexrelid) as definition
    from pg_index
    where indrelid = any(${[...tables]}::text[]::regclass[]) and not exists (select from pg_constraint where conindid = indexrelid)
    order by name`;
  for (const { name } of held) await tx.unsafe(`drop index ${name}`);
  return [...held];
}

export async function restoreIndexes(tx: ISql, held: readonly HeldIndex[]): Promise<void> {
  for (const { definition } of held) await tx.unsafe(definition);
}

/** What follows a number given by hand: the next one of the database must not meet it. */
export async function followNumbers(tx: ISql, table: string): Promise<void> {
  await tx.unsafe(`
    select setval(pg_get_serial_sequence('${table}', 'id'), greatest(1, (select coalesce(max(id), 0) from ${table})))`);
}
