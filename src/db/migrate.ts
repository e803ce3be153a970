import { readdirSync } from "node:fs";
import { basename, dirname, extname, join } from "node:path";
import { status, up } from "ley";
import type { Sql, TransactionSql } from "postgres";
import packageJson from "../../package.json" with { type: "json" };
import { assert } from "../base/assert.ts";
import { Fault } from "../base/fault.ts";

/** Any number will do, as long as every hub of every version takes the same. */
const MIGRATION_LOCK = 7_300_041;
/** How long a starting hub waits for another one that migrates. */
const LOCK_WAIT = "120s";

/**
 * An executable keeps its migrations beside itself in the bundle's own file system, as `.js`. Compiled to bytecode,
 * `import.meta.dir` is the folder of the machine that built it: only `Bun.main` tells where this runs.
 */
const bundled = Bun.main.startsWith("/$bunfs/");
const FOLDER = bundled ? join(dirname(Bun.main), "migrations") : join(import.meta.dir, "..", "..", "migrations");

/** What a file in `migrations/` exports. There is no way down: see `oldestHub`. */
export interface Migration {
  /** The oldest version of the hub that may run on the schema this leaves. */
  readonly oldestHub: string;
  up(sql: TransactionSql): Promise<void>;
}

export interface MigrateOptions {
  readonly folder?: string;
  readonly hubVersion?: string;
  /** No further than these: a backup goes into the schema that it was taken of. */
  readonly only?: ReadonlySet<string>;
}

/**
 * Brings the schema up to this hub: all that is missing or nothing, in one transaction. Two hubs that start at once
 * wait for each other. Faults: `config` when the schema excludes this hub.
 */
export async function migrate(database: { sql: Sql }, options: MigrateOptions = {}): Promise<{ applied: string[] }> {
  const applied = await database.sql.begin(async (sql) => {
    // An index on a grown table may take longer than any statement of the hub.
    await sql`select set_config('statement_timeout', '0', true), set_config('lock_timeout', ${LOCK_WAIT}, true)`;
    // Held to the end of the transaction, so it works through pgbouncer too, and before ley reads what was applied.
    await sql`select pg_advisory_xact_lock(${MIGRATION_LOCK})`;
    await refuseExcluded(sql, options);
    return up({ cwd: "/", dir: options.folder ?? FOLDER, driver: driver(sql, options.only) });
  });
  return { applied: applied.map(migrationName).filter((name) => options.only?.has(name) ?? true) };
}

/** What `migrate` would apply, in order. Changes nothing. Faults: as `migrate`. */
export async function pendingMigrations(database: { sql: Sql }, options: MigrateOptions = {}): Promise<string[]> {
  const pending = await database.sql.begin("read only", async (sql) => {
    await refuseExcluded(sql, options);
    return status({ cwd: "/", dir: options.folder ?? FOLDER, driver: driver(sql) });
  });
  return pending.map(migrationName);
}

/** The schema that this hub brings along, by the name of its last migration. */
export function newestMigration(folder = FOLDER): string {
  const files = readdirSync(folder).filter((file) => /^\d{4}-.+\.(ts|js)$/.test(file));
  return migrationName(files.toSorted().at(-1) ?? "none");
}

/** In the database, a migration has the name of its file without the extension, which depends on the build. */
function migrationName(file: string): string {
  return basename(file, extname(file));
}

interface MigrationFile {
  readonly name: string;
  readonly abs: string;
}

/** ley's own driver takes no lock and opens a connection of its own; this one works inside our transaction. */
function driver(sql: TransactionSql, only?: ReadonlySet<string>) {
  return {
    // ley's type promises a client of every kind at once.
    connect: () => sql as never,
    setup: () => appliedFiles(sql),
    async loop(_client: unknown, files: MigrationFile[]): Promise<void> {
      await createTable(sql);
      const wanted = files.filter(({ name }) => only?.has(migrationName(name)) ?? true);
      for (const file of wanted) await applyOne(sql, file);
    },
    end: () => {},
  };
}

async function applyOne(sql: TransactionSql, file: MigrationFile): Promise<void> {
  const name = migrationName(file.name);
  const migration = (await import(file.abs)) as Migration;
  assert(Bun.semver.satisfies(migration.oldestHub, "*"), `migration ${name} names the oldest hub it allows`);
  try {
    await migration.up(sql);
  } catch (error) {
    throw new Error(`migration ${name} failed, nothing was changed: ${(error as Error).message}`, { cause: error });
  }
  await sql`insert into schema_compat (migration, oldest_hub) values (${name}, ${migration.oldestHub})`;
}

async function appliedFiles(sql: TransactionSql): Promise<{ name: string }[]> {
  const rows = await compatRows(sql);
  return rows.map(({ migration }) => ({ name: migration + (bundled ? ".js" : ".ts") }));
}

interface CompatRow {
  readonly migration: string;
  readonly oldest_hub: string;
}

/** No `create … if not exists` here: a hub's role may lack the right to create, and a plan changes nothing. */
async function compatRows(sql: TransactionSql): Promise<CompatRow[]> {
  const [table] = await sql<{ there: boolean }[]>`select to_regclass('schema_compat') is not null as there`;
  if (table?.there !== true) return [];
  return sql<CompatRow[]>`select migration, oldest_hub from schema_compat order by position`;
}

async function createTable(sql: TransactionSql): Promise<void> {
  await sql`
    create table if not exists schema_compat (
      position integer primary key generated always as identity,
      migration text not null unique,
      oldest_hub text not null,
      applied_at timestamptz not null default now()
    )`;
}

/** A schema may be newer than the hub, as after a release was taken back: only one that says so excludes it. */
async function refuseExcluded(sql: TransactionSql, options: MigrateOptions): Promise<void> {
  const hubVersion = options.hubVersion ?? packageJson.version;
  const rows = await compatRows(sql);
  const excluding = rows.find((row) => Bun.semver.order(row.oldest_hub, hubVersion) > 0);
  if (excluding === undefined) return;
  throw new Fault(
    "config",
    `the database's schema (${excluding.migration}) needs hub ${excluding.oldest_hub} or newer, this is ${hubVersion}`,
    "install a newer hub, or restore the backup from before the migration",
  );
}
