import { afterAll, expect, test } from "bun:test";
import { existsSync, fsyncSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PGlite } from "@electric-sql/pglite";
import { MIB } from "../../src/base/limits.ts";
import { databaseDirectory, EMBEDDED_MAJOR } from "../../src/db/embedded-directory.ts";
import { startEngine } from "../../src/db/embedded-engine.ts";
import { checkpointWhenDue, vacuumWhenDue } from "../../src/db/embedded-upkeep.ts";
import packageJson from "../../package.json" with { type: "json" };
import { emptyDatabase, openTestDatabase } from "../support/postgres.ts";
import { rejection } from "../support/rejection.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const PATIENCE_MS = 60_000;
const CHILD = join(import.meta.dir, "..", "support", "database-child.ts");
const children: Bun.Subprocess[] = [];
afterAll(() => {
  for (const started of children) started.kill("SIGKILL");
});

test(
  "a second hub is refused while the first has the directory open, and kill -9 frees it",
  async () => {
    const dataDir = temporaryDirectory();
    const holder = child("hold", dataDir);
    await lines(holder, (line) => line === "open");
    const refused = await rejection(openTestDatabase({ dataDir }));
    expect(refused).toMatchObject({ code: "unavailable", message: expect.stringContaining("another hub") });
    await kill(holder);
    const database = await openTestDatabase({ dataDir });
    expect(await rejection(openTestDatabase({ dataDir }))).toMatchObject({ code: "unavailable" });
    await database.close();
    await (await openTestDatabase({ dataDir })).close();
  },
  PATIENCE_MS,
);

test(
  "every row that was acknowledged before a kill -9 is there afterwards",
  async () => {
    const dataDir = temporaryDirectory();
    for (const enough of [40, 15, 90]) {
      const writer = child("write", dataDir);
      const seen = await lines(writer, (line) => line === String(enough));
      await kill(writer);
      const { sql, close } = await openTestDatabase({ dataDir });
      const [row] = await sql<{ rows: number; last: number }[]>`
        select count(*)::integer as rows, max(n) as last from acknowledged`;
      expect(seen.at(-1)).toBe(String(enough));
      expect(row?.last).toBeGreaterThanOrEqual(enough);
      expect(row?.rows).toBe((row?.last ?? 0) + 1);
      await sql`drop table acknowledged`;
      await close();
    }
  },
  PATIENCE_MS,
);

test(
  "each commit is synced once before its query returns, and a read is not",
  async () => {
    let syncs = 0;
    const engine = await startEngine({
      directory: await databaseDirectory(temporaryDirectory()),
      onBrokenDisk: () => {},
      syncFile: (descriptor) => {
        syncs++;
        fsyncSync(descriptor);
      },
    });
    await engine.exec("create table t (n integer)");
    syncs = 0;
    for (let commit = 1; commit <= 10; commit++) {
      await engine.query("insert into t values ($1)", [commit]);
      expect(syncs).toBe(commit);
    }
    await engine.query("select count(*) from t");
    expect(syncs).toBe(10);
    await engine.exec("checkpoint");
    expect(syncs).toBeGreaterThan(11);
    await engine.close();
  },
  PATIENCE_MS,
);

test(
  "a disk that refuses a sync ends the process before anything is acknowledged",
  async () => {
    const broken = child("broken-disk", temporaryDirectory());
    expect(await new Response(broken.stdout).text()).toBe("");
    expect(await broken.exited).toBe(74);
  },
  PATIENCE_MS,
);

test(
  "a first start that was cut off while it unpacked is begun again",
  async () => {
    const dataDir = temporaryDirectory();
    mkdirSync(join(dataDir, "postgres.new", "base"), { recursive: true });
    writeFileSync(join(dataDir, "postgres.new", "PG_VERSION"), "half a fi");
    const { sql, close } = await openTestDatabase({ dataDir });
    expect([...(await sql`select 1 as one`)]).toEqual([{ one: 1 }]);
    expect(existsSync(join(dataDir, "postgres.new"))).toBe(false);
    await close();
  },
  PATIENCE_MS,
);

test("a directory of another PostgreSQL, or of none, is refused untouched", async () => {
  for (const [content, complaint] of [
    ["17\n", "PostgreSQL 17"],
    ["", "PostgreSQL "],
    [undefined, "no database"],
  ] as const) {
    const dataDir = temporaryDirectory();
    mkdirSync(join(dataDir, "postgres"));
    if (content !== undefined) writeFileSync(join(dataDir, "postgres", "PG_VERSION"), content);
    const refused = await rejection(openTestDatabase({ dataDir }));
    expect(refused).toMatchObject({ code: "config", message: expect.stringContaining(complaint) });
    // The lock was given back with the refusal.
    expect(await rejection(openTestDatabase({ dataDir }))).toMatchObject({ code: "config" });
  }
});

test(
  "the engine, the snapshot and the package are of one version, and durable",
  async () => {
    const { sql, dataDir, close } = await emptyDatabase("embedded");
    const [row] = await sql<{ version: string }[]>`select version()`;
    expect(row?.version).toStartWith(`PostgreSQL ${EMBEDDED_MAJOR}.`);
    expect(row?.version).toContain(`PGlite ${packageJson.dependencies["@electric-sql/pglite"]}`);
    expect(readFileSync(join(dataDir, "postgres", "PG_VERSION"), "utf8").trim()).toBe(EMBEDDED_MAJOR);
    const settings = await sql<{ name: string; setting: string }[]>`
      select name, setting from pg_settings
      where name in ('fsync', 'full_page_writes', 'synchronous_commit', 'wal_sync_method', 'shared_buffers')
      order by name`;
    expect(Object.fromEntries(settings.map(({ name, setting }) => [name, setting]))).toEqual({
      fsync: "on",
      full_page_writes: "on",
      shared_buffers: "2048",
      synchronous_commit: "on",
      wal_sync_method: "fsync",
    });
    expect(PGlite.defaultStartParams).toContain("-F");
    await close();
  },
  PATIENCE_MS,
);

test(
  "the log is cut and tables are vacuumed when that is due, and only then",
  async () => {
    const { sql, close } = await emptyDatabase("embedded");
    expect(await checkpointWhenDue(sql)).toBe(false);
    expect(await vacuumWhenDue(sql)).toEqual([]);
    await sql`create table filler (n integer, bytes text)`;
    await sql`alter table filler alter column bytes set storage external`;
    await sql`insert into filler select n, repeat(md5(n::text), 500) from generate_series(1, 200) as n`;
    expect(await checkpointWhenDue(sql)).toBe(false);
    expect(await checkpointWhenDue(sql, MIB)).toBe(true);
    expect(await checkpointWhenDue(sql, MIB)).toBe(false);
    // The engine counts changes once a second unless it is asked.
    await sql`select pg_stat_force_next_flush()`;
    expect(await vacuumWhenDue(sql)).toEqual(["filler"]);
    expect(await vacuumWhenDue(sql)).toEqual([]);
    await close();
  },
  PATIENCE_MS,
);

test(
  "a data directory whose path is too long for a socket works too",
  async () => {
    const deep = join(temporaryDirectory(), "d".repeat(60), "e".repeat(60));
    const { sql, close } = await openTestDatabase({ dataDir: deep });
    expect([...(await sql`select 1 as one`)]).toEqual([{ one: 1 }]);
    await close();
  },
  PATIENCE_MS,
);

type Child = Bun.Subprocess<"ignore", "pipe", "inherit">;

function child(verb: string, dataDir: string): Child {
  const started = Bun.spawn([process.execPath, CHILD, verb, dataDir], { stdin: "ignore", stderr: "inherit" });
  children.push(started);
  return started;
}

/** What it printed up to the line that is waited for. */
async function lines(started: Child, enough: (line: string) => boolean): Promise<string[]> {
  const seen: string[] = [];
  let rest = "";
  const decoder = new TextDecoder();
  // Not `for await`, which would close the pipe and end the child before it is killed.
  const reader = started.stdout.getReader();
  for (let read = await reader.read(); !read.done; read = await reader.read()) {
    const parts = (rest + decoder.decode(read.value, { stream: true })).split("\n");
    rest = parts.pop() ?? "";
    for (const part of parts) {
      seen.push(part);
      if (enough(part)) return seen;
    }
  }
  throw new Error(`the child ended after ${JSON.stringify(seen)}`);
}

async function kill(started: Child): Promise<void> {
  started.kill("SIGKILL");
  await started.exited;
}
