/**
 * npm run test:faults -- migration: hubs are killed while they migrate and start again, and two migrate at once; from
 * an empty database, and from the first schema with what it held.
 */
import type { Sql } from "postgres";
import { systemClock } from "../../src/base/clock.ts";
import { silentLog } from "../../src/base/log.ts";
import { seededRandom, unitInterval } from "../../src/base/random.ts";
import { openDatabase } from "../../src/db/connect.ts";
import { migrate } from "../../src/db/migrate.ts";
import { temporaryDirectory } from "../support/temporary.ts";
import { hit } from "./support/moments.ts";
import { startCluster, type Cluster } from "./support/postgres-cluster.ts";
import { found, startThrough, takesAnEvent, type Ground } from "./support/migrating.ts";
import { row } from "./support/row.ts";

const SEED = 7_008;
const FIRST = "0001-first-schema";
/** A start with its migration takes about as long on a quiet machine. */
const START_MS = 400;

row("migration", { full: 180, least: 18 }, async (times) => {
  const cluster = await startCluster();
  const random = seededRandom(SEED);
  const hits = new Map<string, number>();
  const wrong: string[] = [];
  try {
    const lab = await openLab(cluster);
    for (let nth = 0; nth < times; nth++) {
      const from = nth % 2 === 0 ? "empty" : "first";
      const ground = await lab.copy(from);
      const two = random.u32() % 2 === 0;
      hit(hits, `${from} ${two ? "two at once" : "killed"}`);
      const afterMs = unitInterval(random) * START_MS;
      const { hubs, failed } = await startThrough(ground, { two, afterMs });
      wrong.push(...failed, ...(await lab.findings(ground, from)), ...(await takesAnEvent(hubs, nth)));
      await Promise.all(hubs.map((hub) => hub.kill()));
      await lab.drop(ground);
    }
    await lab.close();
    return { faults: times, hits, ...found(wrong) };
  } finally {
    await cluster.stop();
  }
});

interface Lab {
  copy(from: "empty" | "first"): Promise<Ground>;
  findings(ground: Ground, from: "empty" | "first"): Promise<string[]>;
  drop(ground: Ground): Promise<void>;
  close(): Promise<void>;
}

/** Databases as they were before, to copy, and the schema as it has to be. */
async function openLab(cluster: Cluster): Promise<Lab> {
  const admin = await openAt(cluster.url);
  const make = async (name: string, only?: ReadonlySet<string>): Promise<string> => {
    await admin.sql.unsafe(`create database ${name} template template0`);
    const made = await openAt(named(cluster, name));
    if (only === undefined || only.size > 0) await migrate(made, only === undefined ? {} : { only });
    if (only?.has(FIRST) === true) await fill(made.sql);
    const shape = await shapeOf(made.sql);
    await made.close();
    return shape;
  };
  const wanted = await make("reference");
  await make("empty", new Set());
  await make("first", new Set([FIRST]));
  let copies = 0;
  return {
    async copy(from) {
      const database = `try_${copies++}`;
      await admin.sql.unsafe(`create database ${database} template ${from}`);
      return { database, options: { databaseUrl: named(cluster, database), dataDir: temporaryDirectory() } };
    },
    async findings({ database }, from) {
      const { sql, close } = await openAt(named(cluster, database));
      const shape = await shapeOf(sql);
      const rigs = await sql<{ rig_id: string }[]>`select rig_id from rigs`;
      await close();
      const kept = from === "empty" || rigs.some(({ rig_id: id }) => id === "RIG-1");
      return [
        ...(shape === wanted ? [] : [`${database}: its schema is not what it should be`]),
        ...(kept ? [] : [`${database}: what it held is gone`]),
      ];
    },
    async drop({ database }) {
      await admin.sql.unsafe(`drop database ${database} with (force)`);
    },
    close: () => admin.close(),
  };
}

function openAt(databaseUrl: string) {
  return openDatabase({ databaseUrl, dataDir: "", pool: 2, prepare: true, log: silentLog, clock: systemClock });
}

function named({ url }: Cluster, database: string): string {
  const own = new URL(url);
  own.pathname = `/${database}`;
  return own.href;
}

async function fill(sql: Sql): Promise<void> {
  await sql`
    insert into rigs (rig_id, key_hash, well_id, field, registered_at) values ('RIG-1', '\\x01', 'W', 'F', now())`;
}

/** Columns, indexes and constraints, and each migration once. */
async function shapeOf(sql: Sql): Promise<string> {
  const lines = await sql<{ line: string }[]>`
    select concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) as line
    from information_schema.columns where table_schema = 'public'
    union all select indexdef from pg_indexes where schemaname = 'public'
    union all select concat_ws(' ', conrelid::regclass, pg_get_constraintdef(oid)) from pg_constraint
      where connamespace = 'public'::regnamespace
    order by line`;
  const [table] = await sql<{ there: boolean }[]>`select to_regclass('schema_compat') is not null as there`;
  const applied = table?.there === true ? await sql<{ migration: string }[]>`select migration from schema_compat` : [];
  return [...lines.map(({ line }) => line), ...applied.map(({ migration }) => migration).toSorted()].join("\n");
}
