import type { Sql } from "postgres";

/** Every row of every table, as text. */
export async function tables(sql: Sql): Promise<string> {
  const names = await sql<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = 'public' order by 1`;
  const texts: string[] = [];
  for (const { name } of names) {
    const rows = await sql<{ row: string }[]>`select row_to_json(t)::text as row from ${sql(name)} t`;
    texts.push(...rows.map(({ row }) => `${name} ${row}`));
  }
  return texts.join("\n");
}
