import type { ISql, Sql, TransactionSql } from "postgres";

/** Rows that one look at the cursor brings: an event's may have megabytes. */
const ROWS_A_FETCH = 250;

/** Everything that a backup reads is of one moment, and what it reads has one written form on every server. */
export function atOneMoment<T>(sql: Sql, read: (tx: TransactionSql) => Promise<T>): Promise<T> {
  return sql.begin("isolation level repeatable read read only", async (tx) => {
    await tx`
      select set_config('TimeZone', 'UTC', true), set_config('bytea_output', 'hex', true),
        set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)`;
    return read(tx);
  }) as Promise<T>;
}

/** Each row as JSON, in no order that means anything. Inside `atOneMoment`. */
export async function* rowsOf(tx: ISql, table: string): AsyncGenerator<string[]> {
  await tx`declare backup_rows no scroll cursor for select to_jsonb(each_row)::text from ${tx(table)} as each_row`;
  for (;;) {
    const rows = await tx.unsafe<{ to_jsonb: string }[]>(`fetch ${ROWS_A_FETCH} from backup_rows`);
    if (rows.length === 0) break;
    yield rows.map((row) => Object.values(row)[0] ?? "");
  }
  await tx`close backup_rows`;
}

/** For the length of a restore: no statement is too long. */
export async function withoutTimeouts(tx: ISql): Promise<void> {
  await tx`
    select set_config('statement_timeout', '0', true), set_config('idle_in_transaction_session_timeout', '0', true)`;
}

export async function clearTable(tx: ISql, table: string): Promise<void> {
  await tx`delete from ${tx(table)}`;
}

/** `rows` as `rowsOf` gave them. */
export async function insertRows(tx: ISql, table: string, rows: readonly string[]): Promise<void> {
  await tx`
    insert into ${tx(table)} overriding system value
    select each_row.* from jsonb_populate_recordset(null::${tx(table)}, ${`[${rows.join(",")}]`}::text::jsonb) as each_row`;
}

export async function setSequence(tx: ISql, name: string, value: number): Promise<void> {
  await tx`select setval(quote_ident(${name})::regclass, ${value}, true)`;
}

/** What rigs know of this library means nothing from now on, and they offer again what they keep. */
export async function raiseEpoch(tx: ISql): Promise<string> {
  const [row] = await tx<{ epoch: string }[]>`
    update library_state set epoch = gen_random_uuid()::text returning epoch`;
  return row?.epoch ?? "";
}

export async function analyse(sql: ISql): Promise<void> {
  await sql`analyze`;
}

/** Some events over the whole table, the same at each call. */
export async function sampleEventIds(sql: ISql, wanted: number): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    with numbered as (select id, row_number() over (order by id) as nth, count(*) over () as every from events)
    select id from numbered where (nth - 1) % greatest(1, every / ${wanted}) = 0 order by id limit ${wanted}`;
  return rows.map(({ id }) => id);
}

export async function curateAgain(sql: ISql, ids: readonly string[]): Promise<void> {
  await sql`update events set needs_curation = true where id = any(${[...ids]})`;
}
