import { expect, test } from "bun:test";
import { cpSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Sql } from "postgres";
import { systemClock } from "../../src/base/clock.ts";
import { silentLog } from "../../src/base/log.ts";
import { openDatabase } from "../../src/db/connect.ts";
import { migrate, pendingMigrations } from "../../src/db/migrate.ts";
import { emptyDatabase, forEachEngine, openTestDatabase } from "../support/postgres.ts";
import { rejection } from "../support/rejection.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const PATIENCE_MS = 60_000;
const MIGRATIONS = join(import.meta.dir, "..", "..", "migrations");
const ALL = [
  "0001-first-schema",
  "0002-dashboard",
  "0003-tunnel",
  "0004-precedents",
  "0005-rig-upgrades",
  "0006-tries",
];

forEachEngine("migrations", (engine) => {
  test(
    "an empty database gets them all, and a second run finds nothing to do",
    async () => {
      const empty = await emptyDatabase(engine);
      expect(await pendingMigrations(empty)).toEqual(ALL);
      expect(await tables(empty.sql)).toEqual([]);
      expect(await migrate(empty)).toEqual({ applied: ALL });
      expect(await pendingMigrations(empty)).toEqual([]);
      expect(await migrate(empty)).toEqual({ applied: [] });
      await empty.close();
    },
    PATIENCE_MS,
  );

  test(
    "a failing one leaves nothing behind, of itself or of those before it",
    async () => {
      const empty = await emptyDatabase(engine);
      const folder = folderWith("0009-broken", "await sql`create table half (n integer)`; await sql`select 1 / 0`;");
      const failed = await rejection(migrate(empty, { folder }));
      expect(String(failed)).toContain("migration 0009-broken failed, nothing was changed: division by zero");
      expect(await tables(empty.sql)).toEqual([]);
      expect(await migrate(empty)).toEqual({ applied: ALL });
      await empty.close();
    },
    PATIENCE_MS,
  );

  test(
    "a schema of a later release is run on unless it excludes this one",
    async () => {
      const empty = await emptyDatabase(engine);
      const expand = folderWith("0009-expand", "await sql`create table later (n integer)`;");
      expect(await migrate(empty, { folder: expand })).toEqual({ applied: [...ALL, "0009-expand"] });
      expect(await migrate(empty)).toEqual({ applied: [] });
      await empty.sql`update schema_compat set oldest_hub = '0.10.0' where migration = '0009-expand'`;
      const excluded = { code: "config", message: expect.stringContaining("needs hub 0.10.0 or newer, this is 0.9.1") };
      expect(await rejection(migrate(empty, { hubVersion: "0.9.1" }))).toMatchObject(excluded);
      expect(await rejection(pendingMigrations(empty, { hubVersion: "0.9.1" }))).toMatchObject(excluded);
      expect(await migrate(empty, { folder: expand, hubVersion: "0.10.0" })).toEqual({ applied: [] });
      await empty.close();
    },
    PATIENCE_MS,
  );

  test(
    "one that was slipped in before what is applied is refused",
    async () => {
      const empty = await emptyDatabase(engine);
      await migrate(empty);
      const folder = folderWith("0000-slipped-in", "await sql`select 1`;");
      expect(String(await rejection(migrate(empty, { folder })))).toContain("0000-slipped-in");
      await empty.close();
    },
    PATIENCE_MS,
  );
});

for (const prepare of [true, false]) {
  test(
    `three hubs that start at once apply each migration once (prepared statements: ${prepare})`,
    async () => {
      const empty = await emptyDatabase("server");
      const options = { databaseUrl: empty.url, dataDir: empty.dataDir, pool: 2, log: silentLog, clock: systemClock };
      const hubs = await Promise.all([1, 2, 3].map(() => openDatabase({ ...options, prepare })));
      const results = await Promise.all(hubs.map((hub) => migrate(hub)));
      expect(results.flatMap(({ applied }) => applied)).toEqual(ALL);
      expect([...(await empty.sql`select migration from schema_compat`)]).toEqual(
        ALL.map((migration) => ({ migration })),
      );
      await Promise.all(hubs.map((hub) => hub.close()));
      await empty.close();
    },
    PATIENCE_MS,
  );
}

test(
  "three runs at once on one embedded database apply each migration once",
  async () => {
    const dataDir = temporaryDirectory();
    const database = await openTestDatabase({ dataDir });
    const results = await Promise.all([migrate(database), migrate(database), migrate(database)]);
    expect(results.flatMap(({ applied }) => applied)).toEqual(ALL);
    await database.close();
  },
  PATIENCE_MS,
);

test("the list of migrations equals the folder: numbered without a gap, each with its SQL", () => {
  const names = readdirSync(MIGRATIONS).toSorted();
  expect(names).toEqual(ALL.flatMap((name) => [`${name}.sql`, `${name}.ts`]));
  expect(ALL.map((name) => Number(name.slice(0, 4)))).toEqual(ALL.map((_, at) => at + 1));
});

async function tables(sql: Sql): Promise<string[]> {
  const rows = await sql<{ name: string }[]>`
    select table_name as name from information_schema.tables where table_schema = 'public'`;
  return rows.map(({ name }) => name);
}

/** The real migrations, and one more. */
function folderWith(name: string, body: string): string {
  const folder = temporaryDirectory();
  cpSync(MIGRATIONS, folder, { recursive: true });
  const source = `export const oldestHub = "0.1.0";\nexport async function up(sql) { ${body} }\n`;
  writeFileSync(join(folder, `${name}.ts`), source);
  return folder;
}
