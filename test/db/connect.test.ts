import { expect, spyOn, test } from "bun:test";
import { symlinkSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../src/base/clock.ts";
import { silentLog } from "../../src/base/log.ts";
import { openDatabase } from "../../src/db/connect.ts";
import { engines, forEachEngine, openTestDatabase, testDatabase, type TestDatabase } from "../support/postgres.ts";
import { rejection } from "../support/rejection.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const PATIENCE_MS = 60_000;
const POSTGRES_SOCKET = ".s.PGSQL.5432";

forEachEngine("values", (engine) => {
  test(
    "come back as they went in",
    async () => {
      const { sql, close } = await testDatabase(engine);
      await sql`create table kept (at timestamptz, big bigint, bytes bytea, doc jsonb, real double precision)`;
      const doc = { nested: { "ключ \"'": [1, 2.5, -1e-7, null, "𝄞"] }, zero: 0 };
      const row = {
        at: new Date("2026-11-10T12:00:00.123Z"),
        big: Number.MAX_SAFE_INTEGER,
        bytes: Uint8Array.from({ length: 256 }, (_, byte) => byte),
        doc,
        real: 0.1 + 0.2,
      };
      await sql`insert into kept ${sql({ ...row, doc: sql.json(doc) })}`;
      await sql`insert into kept default values`;
      const [back, empty] = await sql<(typeof row)[]>`select * from kept order by big`;
      expect({ ...back, bytes: new Uint8Array(back?.bytes ?? []) }).toEqual(row);
      expect({ ...empty }).toEqual({ at: null, big: null, bytes: null, doc: null, real: null } as never);
      expect([...(await sql`select count(*) as n from kept`)]).toEqual([{ n: 2 }]);
      await close();
    },
    PATIENCE_MS,
  );

  test(
    "that no JavaScript number holds are refused, not rounded",
    async () => {
      const { sql, close } = await testDatabase(engine);
      const refused = await rejection(sql`select 9007199254740993::bigint as n`);
      expect(String(refused)).toContain("9007199254740993");
      expect([...(await sql`select 9007199254740991::bigint as n`)]).toEqual([{ n: 9_007_199_254_740_991 }]);
      await close();
    },
    PATIENCE_MS,
  );
});

forEachEngine("transactions", (engine) => {
  test(
    "that run side by side lose no update, and one that fails takes only itself back",
    async () => {
      const { sql, close } = await testDatabase(engine);
      await sql`create table counter (n integer not null)`;
      await sql`insert into counter values (0)`;
      const increments = Array.from({ length: 20 }, (_, at) =>
        sql.begin(async (transaction) => {
          const [row] = await transaction<{ n: number }[]>`select n from counter for update`;
          await transaction`update counter set n = ${(row?.n ?? 0) + 1}`;
          if (at % 5 === 0) throw new Error("taken back");
        }),
      );
      const settled = await Promise.allSettled([...increments, sql`select 1`, sql`select 2`]);
      expect(settled.filter(({ status }) => status === "rejected")).toHaveLength(4);
      expect([...(await sql`select n from counter`)]).toEqual([{ n: 16 }]);
      await close();
    },
    PATIENCE_MS,
  );

  test(
    "print no notice",
    async () => {
      const { sql, close } = await testDatabase(engine);
      const printed = spyOn(console, "log");
      await sql`drop table if exists never_made`;
      expect(printed).not.toHaveBeenCalled();
      printed.mockRestore();
      await close();
    },
    PATIENCE_MS,
  );
});

test(
  "both engines have the same schema",
  async () => {
    const [server, embedded] = await Promise.all(engines.map(async (engine) => schemaOf(await testDatabase(engine))));
    expect(server?.columns.length).toBeGreaterThan(100);
    expect(server).toEqual(embedded as never);
  },
  PATIENCE_MS,
);

/** PostgreSQL 18 lists not-null among the constraints; in the columns it stands for every version. */
async function schemaOf({ sql, close }: TestDatabase) {
  const columns = await sql`
    select table_name, column_name, data_type, is_nullable, column_default, is_identity
    from information_schema.columns where table_schema = 'public' order by table_name, ordinal_position`;
  const indexes = await sql`select indexname, indexdef from pg_indexes where schemaname = 'public' order by indexname`;
  const constraints = await sql`
    select conname, conrelid::regclass::text as on_table, pg_get_constraintdef(oid) as definition
    from pg_constraint where connamespace = 'public'::regnamespace and contype <> 'n' order by conname, on_table`;
  const triggers = await sql`
    select tgname, pg_get_triggerdef(oid) as definition from pg_trigger where not tgisinternal order by tgname`;
  await close();
  return { columns: [...columns], indexes: [...indexes], constraints: [...constraints], triggers: [...triggers] };
}

test(
  "a server that is away fails queries, not the hub, which uses it once it is there",
  async () => {
    const real = await testDatabase("server");
    const url = new URL(real.url ?? "");
    const realDirectory = url.searchParams.get("host");
    // A server that was named from outside may be reached by TCP only: then its absence is all that can be shown.
    const directory = temporaryDirectory();
    url.searchParams.set("host", directory);
    const database = await openTestDatabase({ url: url.href, dataDir: directory });
    expect(await rejection(database.sql`select 1`)).toMatchObject({ code: "ENOENT" });
    expect(await rejection(database.sql`select 1`)).toMatchObject({ code: "ENOENT" });
    if (realDirectory !== null) {
      symlinkSync(join(realDirectory, POSTGRES_SOCKET), join(directory, POSTGRES_SOCKET));
      expect([...(await database.sql`select 1 as one`)]).toEqual([{ one: 1 }]);
    }
    await database.close();
    await real.close();
  },
  PATIENCE_MS,
);

test("a URL that is none is refused without being shown", async () => {
  const url = "postgres://hub:very-secret@a host:70000/fleet";
  const refused = await rejection(openTestDatabase({ url, dataDir: temporaryDirectory() }));
  expect(refused).toMatchObject({ code: "config", message: "the database URL is not a URL" });
  expect(Bun.inspect(refused)).not.toContain("very-secret");
});

test(
  "statements are limited on a direct connection, and nothing is asked of a pooler",
  async () => {
    const { url, dataDir, close } = await testDatabase("server");
    for (const [prepare, limit] of [
      [true, "30s"],
      [false, "0"],
    ] as const) {
      const options = { databaseUrl: url, dataDir, pool: 2, prepare, log: silentLog, clock: systemClock };
      const database = await openDatabase(options);
      expect([...(await database.sql`show statement_timeout`)]).toEqual([{ statement_timeout: limit }]);
      expect([...(await database.sql`show application_name`)]).toEqual([{ application_name: "fleet-hub" }]);
      await database.close();
    }
    await close();
  },
  PATIENCE_MS,
);
