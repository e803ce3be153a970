import type { Sql } from "postgres";
import { Fault } from "../../base/fault.ts";
import { schemaNames } from "../../db/backup/catalog.ts";
import { analyse, clearTable, insertRows, setSequence, withoutTimeouts } from "../../db/backup/rows.ts";
import { migrate, pendingMigrations } from "../../db/migrate.ts";
import { readArchive, type ArchivedRows } from "./archive.ts";
import type { Manifest } from "./manifest.ts";

/** JSON that one statement writes. */
const STATEMENT_CHARS = 1_000_000;

/**
 * The schema as the backup has it. Newer migrations follow once the rows are in, so that they find what they change.
 * Faults: `config` when the backup was taken of a newer schema, or of another one.
 */
export async function prepareSchema(database: { readonly sql: Sql }, { schema }: Manifest): Promise<void> {
  const applied = await schemaNames(database.sql);
  const known = [...applied, ...(await pendingMigrations(database))];
  const unknown = schema.find((name) => !known.includes(name));
  if (unknown !== undefined) {
    throw new Fault("config", `the backup has the schema ${unknown}, which this hub does not know`, "use a newer hub");
  }
  if (schema.some((name, at) => name !== known[at]) || applied.length > schema.length) {
    throw new Fault(
      "config",
      "the backup's migrations are not the first ones of this hub's",
      "use the hub that made it",
    );
  }
  await migrate(database, { only: new Set(schema) });
}

/** Every row or none. The tables must be empty but for what migrations put there. Faults: `corrupt`. */
export async function loadRows(
  { sql }: { readonly sql: Sql },
  stream: AsyncIterable<Uint8Array>,
  { tables, sequences }: Manifest,
): Promise<void> {
  await sql.begin(async (tx) => {
    await withoutTimeouts(tx);
    for (const { name } of tables) await clearTable(tx, name);
    await readArchive(stream, async (part) => {
      for (const rows of statements(part)) await insertRows(tx, part.table, rows);
    });
    for (const { name, value } of sequences) await setSequence(tx, name, value);
  });
  await analyse(sql);
}

function* statements({ rows }: ArchivedRows): Generator<string[]> {
  let group: string[] = [];
  let chars = 0;
  for (const row of rows) {
    group.push(row);
    chars += row.length;
    if (chars < STATEMENT_CHARS) continue;
    yield group;
    group = [];
    chars = 0;
  }
  if (group.length > 0) yield group;
}
