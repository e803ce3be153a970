import { describe } from "bun:test";
import { cpSync, rmSync } from "node:fs";
import type { Sql } from "postgres";
import { systemClock } from "../../src/base/clock.ts";
import { silentLog } from "../../src/base/log.ts";
import { openDatabase, type Database } from "../../src/db/connect.ts";
import { migrate } from "../../src/db/migrate.ts";
import { startPostgres } from "./postgres-server.ts";
import { temporaryDirectory } from "./temporary.ts";

export type Engine = Database["engine"];
export const engines: readonly Engine[] = ["server", "embedded"];

export interface TestDatabase {
  readonly sql: Sql;
  readonly database: Database;
  /** Of the server's database; undefined when it is embedded. */
  readonly url: string | undefined;
  /** Of the embedded database; on a server an empty directory. */
  readonly dataDir: string;
  /** Drops everything that it made. */
  readonly close: () => Promise<void>;
}

/** The same suite on both engines. */
export function forEachEngine(name: string, suite: (engine: Engine) => void): void {
  for (const engine of engines) describe(`${name} (${engine})`, () => suite(engine));
}

/**
 * A migrated database of its own: a copy of a template that is made once in each run of `bun test`.
 * A server named by FLEET_TEST_DATABASE_URL (role: may create databases) keeps that template when the run is over.
 */
export function testDatabase(engine: Engine): Promise<TestDatabase> {
  return engine === "server" ? serverDatabase(templateUrl) : embeddedDatabase(templateDirectory);
}

/** The same without any table. */
export function emptyDatabase(engine: Engine): Promise<TestDatabase> {
  return engine === "server" ? serverDatabase(async () => undefined) : embeddedDatabase(emptyDirectory);
}

/**
 * Another connection to what a `TestDatabase` holds, as a second hub would make it: through the pooler in transaction
 * mode that FLEET_TEST_POOLER_URL names, where it names one.
 */
export function openTestDatabase(options: { url?: string | undefined; dataDir: string }): Promise<Database> {
  const { url, dataDir } = options;
  const prepare = process.env["FLEET_TEST_POOLER_URL"] === undefined;
  return openDatabase({ databaseUrl: url, dataDir, pool: 10, prepare, log: silentLog, clock: systemClock });
}

/** A pooler keeps its connections open, and with one of them no database can be copied or dropped. */
function openDirectly(url: string): Promise<Database> {
  return openDatabase({
    databaseUrl: url,
    dataDir: "",
    pool: 10,
    prepare: true,
    log: silentLog,
    clock: systemClock,
  });
}

/** What is started at first use and shared by all test files, which bun runs in one process. */
const shared: {
  admin?: Promise<Admin>;
  templateUrl?: Promise<string>;
  templateDirectory?: Promise<string>;
  emptyDirectory?: Promise<string>;
} = {};

interface Admin {
  readonly sql: Sql;
  readonly url: string;
}

function admin(): Promise<Admin> {
  shared.admin ??= (async () => {
    const url = process.env["FLEET_TEST_DATABASE_URL"] ?? (await startPostgres());
    const { sql } = await openDirectly(url);
    await sql`select 1`;
    return { sql, url };
  })();
  return shared.admin;
}

const run = `${process.pid.toString(36)}_${Math.random().toString(36).slice(2, 8)}`;
let databases = 0;

async function createDatabase(template: string | undefined): Promise<string> {
  const { sql, url } = await admin();
  const name = `fleet_test_${run}_${++databases}`;
  await sql.unsafe(`create database ${name} template ${template ?? "template0"}`);
  const own = new URL(url);
  own.pathname = `/${name}`;
  return own.href;
}

function pooled(url: string): string {
  const pooler = process.env["FLEET_TEST_POOLER_URL"];
  if (pooler === undefined) return url;
  const own = new URL(pooler);
  own.pathname = `/${databaseName(url)}`;
  return own.href;
}

function databaseName(url: string): string {
  return new URL(url).pathname.slice(1);
}

async function dropDatabase(url: string): Promise<void> {
  const { sql } = await admin();
  await sql.unsafe(`drop database if exists ${databaseName(url)} with (force)`);
}

function templateUrl(): Promise<string> {
  shared.templateUrl ??= (async () => {
    const url = await createDatabase(undefined);
    const database = await openDirectly(url);
    await migrate(database);
    await database.close();
    return url;
  })();
  return shared.templateUrl;
}

async function serverDatabase(template: () => Promise<string | undefined>): Promise<TestDatabase> {
  const from = await template();
  const direct = await createDatabase(from === undefined ? undefined : databaseName(from));
  const url = pooled(direct);
  const dataDir = temporaryDirectory();
  const database = await openTestDatabase({ url, dataDir });
  const close = async (): Promise<void> => {
    await database.close();
    await dropDatabase(direct);
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { sql: database.sql, database, url, dataDir, close };
}

function templateDirectory(): Promise<string> {
  shared.templateDirectory ??= emptyDirectory().then((empty) => made(empty, migrate));
  return shared.templateDirectory;
}

function emptyDirectory(): Promise<string> {
  shared.emptyDirectory ??= made(undefined, async () => {});
  return shared.emptyDirectory;
}

async function made(from: string | undefined, prepare: (database: Database) => Promise<unknown>): Promise<string> {
  const dataDir = temporaryDirectory();
  if (from !== undefined) cpSync(from, dataDir, { recursive: true });
  const database = await openTestDatabase({ dataDir });
  await prepare(database);
  await database.close();
  return dataDir;
}

async function embeddedDatabase(template: () => Promise<string>): Promise<TestDatabase> {
  const dataDir = temporaryDirectory();
  cpSync(await template(), dataDir, { recursive: true });
  const database = await openTestDatabase({ dataDir });
  const close = async (): Promise<void> => {
    await database.close();
    rmSync(dataDir, { recursive: true, force: true });
  };
  return { sql: database.sql, database, url: undefined, dataDir, close };
}
