// What rendering the dashboard costs at 500 rigs, 1,000,000 events and 50,000 episodes.
// Run: bun test/bench/dashboard.ts [--scale 0.1] [--url postgres://…]; a seeded database is kept and used again.
import { parseArgs } from "node:util";
import { systemClock } from "../../src/base/clock.ts";
import { seededRandom } from "../../src/base/random.ts";
import { runtimeZstd } from "../../src/base/zstd.ts";
import { openDatabase } from "../../src/db/connect.ts";
import { migrate } from "../../src/db/migrate.ts";
import { silentLog } from "../../src/base/log.ts";
import { seedLarge } from "../../scripts/demo/seed-large.ts";
import { emptyDatabase } from "../support/postgres.ts";
import { benchHub, type BenchHub } from "./dashboard-hub.ts";
import { report, type Figure } from "./report.ts";

const ROUNDS = 40;
/** Until the code of a page is compiled: a hub runs for weeks. */
const WARM_UP = 10;
/** Of the specification: lists and details, and pages that sum up. */
const LIST_MS = 15;
const SUM_MS = 40;
const SEED = 20_261_125;

const { values } = parseArgs({ options: { scale: { type: "string", default: "1" }, url: { type: "string" } } });
const scale = Number(values.scale);

const database =
  values.url === undefined
    ? await emptyDatabase("server")
    : await openDatabase({
        databaseUrl: values.url,
        dataDir: "/nowhere",
        pool: 4,
        prepare: true,
        log: silentLog,
        clock: systemClock,
      });
await migrate(database);
await fill();
const hub = await benchHub(database.sql);
const figures = await measure(hub);
await hub.close();
await database.close();
process.exit(report(figures));

async function fill(): Promise<void> {
  const [row] = await database.sql<
    { events: number }[]
  >`select count(*) as events from (select from events limit 1) as one`;
  if ((row?.events ?? 0) > 0) return;
  const started = performance.now();
  const random = seededRandom(SEED);
  const made = await seedLarge({ sql: database.sql, zstd: runtimeZstd, clock: systemClock, random, scale });
  const [size] = await database.sql<{ bytes: number }[]>`select pg_database_size(current_database()) as bytes`;
  const mb = Math.round((size?.bytes ?? 0) / 1e6);
  console.log(`seeded ${JSON.stringify(made)} in ${Math.round((performance.now() - started) / 1000)} s, ${mb} MB\n`);
}

async function measure(bench: BenchHub): Promise<Figure[]> {
  const figuresOfViews: Figure[] = [];
  for (const [path, atMost] of Object.entries(await paths(bench))) {
    const times: number[] = [];
    let bytes = 0;
    for (let round = 0; round < ROUNDS + WARM_UP; round++) {
      const started = performance.now();
      bytes = await bench.open(path);
      if (round >= WARM_UP) times.push(performance.now() - started);
    }
    const name = path.length > 46 ? `${path.slice(0, 45)}…` : path;
    figuresOfViews.push({ name, value: p95(times), unit: `ms p95, ${Math.round(bytes / 1024)} KiB`, atMost });
  }
  return figuresOfViews;
}

async function paths(bench: BenchHub): Promise<Record<string, number>> {
  const { sql } = database;
  const first = async (query: ReturnType<typeof sql<{ id: string }[]>>): Promise<string> =>
    encodeURIComponent((await query)[0]?.id ?? "");
  const event = await first(sql<{ id: string }[]>`select id from events where episode_id is not null
    order by timestamp desc limit 1`);
  const episode = await first(sql<{ id: string }[]>`select id from episodes where not archived and event_count > 3
    order by published_score desc limit 1`);
  const rig = await first(sql<{ id: string }[]>`select rig_id as id from rigs order by event_count desc limit 1`);
  const version = await first(sql<{ id: string }[]>`select max(version)::text as id from library_versions`);
  const entry = await first(sql<{ id: string }[]>`select max(id)::text as id from quarantine`);
  const run = await first(sql<{ id: string }[]>`select max(id)::text as id from curation_runs`);
  const after = await bench.next("/events");
  return {
    "/": SUM_MS,
    "/rigs": LIST_MS,
    "/rigs?state=silent": LIST_MS,
    "/rigs?sort=-last_seen&size=100": LIST_MS,
    [`/rigs/${rig}`]: LIST_MS,
    "/events": LIST_MS,
    [after]: LIST_MS,
    "/events?risk=Critical&outcome=Pending": LIST_MS,
    "/events?category=Formation&campaign=PlugAbandonment&risk=High": LIST_MS,
    "/events?depth_from=9000&depth_to=9100": LIST_MS,
    [`/events?rig=${rig}&outcome=Escalated`]: LIST_MS,
    "/events?q=pack-off": LIST_MS,
    [`/events/${event}`]: LIST_MS,
    "/library": SUM_MS,
    "/library?category=Mechanical&campaign=PlugAbandonment": SUM_MS,
    "/library/versions": LIST_MS,
    [`/library/versions/${version}`]: LIST_MS,
    [`/episodes/${episode}`]: LIST_MS,
    "/trends": SUM_MS,
    "/trends?days=366&bucket=week": SUM_MS,
    "/trends?days=366&category=Mechanical&campaign=PlugAbandonment": SUM_MS,
    "/outcomes": SUM_MS,
    "/outcomes?category=Mechanical&campaign=PlugAbandonment&depth_from=9000&depth_to=11000": SUM_MS,
    "/curation": LIST_MS,
    [`/curation/runs/${run}`]: LIST_MS,
    "/quarantine": LIST_MS,
    "/quarantine?reason=conflict&size=100": LIST_MS,
    [`/quarantine/${entry}`]: LIST_MS,
    "/admin": LIST_MS,
    "/admin/audit": LIST_MS,
    "/system": SUM_MS,
    "/search?q=RIG-1": LIST_MS,
  };
}

function p95(times: readonly number[]): number {
  const sorted = times.toSorted((left, right) => left - right);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
}
