/** npm run test:faults -- outage: no connection is left, statements run out of time, the database is away. */
import postgres from "postgres";
import { unitInterval } from "../../src/base/random.ts";
import { socketOf } from "./support/postgres-cluster.ts";
import { startFleet, type Fleet } from "./support/fleet.ts";
import { row } from "./support/row.ts";
import { besiege } from "./support/siege.ts";
import { until } from "./support/until.ts";

const SEED = 7_005;
const CONNECTIONS = 24;
const STATEMENT_MS = 400;
const HELD_MS = 300;
/** Minutes, shortened: long enough for every queue and pool to run full of failures. */
const AWAY_MS = 1200;
const FREE_MS = 30_000;

row("outage", 200, async (times) => {
  const fleet = await startFleet({
    engine: "server",
    rigs: 2,
    wires: 4,
    seed: SEED,
    // Without prepared statements the time limit is the role's, as behind pgbouncer.
    hubEnvironment: { FLEET_DATABASE_PREPARE: "false", FLEET_DATABASE_POOL: "4" },
    databaseSettings: [`max_connections=${CONNECTIONS}`, "superuser_reserved_connections=0"],
  });
  try {
    await using admin = openAdmin(fleet);
    await admin.sql.unsafe(`alter role postgres set statement_timeout = '${STATEMENT_MS}ms'`);
    return await besiege(fleet, {
      times,
      work: { uploads: 6, enqueues: 1 },
      strike: async (whole) => {
        const kind = whole.random.u32() % 3;
        if (kind === 0) await noConnection(whole);
        else if (kind === 1) await outOfTime(whole);
        else await away(whole);
      },
    });
  } finally {
    await fleet.close();
  }
});

function openAdmin({ cluster }: Fleet, connections = 1) {
  if (cluster === undefined) throw new Error("only a server has connections to run out of");
  const sql = postgres("postgres://postgres@localhost/postgres", {
    host: socketOf(cluster),
    max: connections,
    connection: { statement_timeout: 3_600_000 },
    onnotice: () => {},
  });
  return { sql, [Symbol.asyncDispose]: () => sql.end({ timeout: 1 }) };
}

/** Takes every connection there is, and the hub's own away. */
async function noConnection(fleet: Fleet): Promise<void> {
  await using admin = openAdmin(fleet, CONNECTIONS);
  const held = await Promise.allSettled(Array.from({ length: CONNECTIONS }, () => admin.sql.reserve()));
  const ours = held.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const [first] = ours;
  if (first === undefined) throw new Error("not even one connection was free");
  await first`select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'fleet-hub'`;
  await Bun.sleep(unitInterval(fleet.random) * HELD_MS);
  for (const each of ours) each.release();
}

/** Whatever touches the events stands still for longer than a statement may. */
async function outOfTime(fleet: Fleet): Promise<void> {
  await using admin = openAdmin(fleet);
  await admin.sql.begin(async (tx) => {
    await tx`lock table events in access exclusive mode`;
    await Bun.sleep(STATEMENT_MS + unitInterval(fleet.random) * HELD_MS);
  });
}

async function away({ cluster, random, hub }: Fleet): Promise<void> {
  await cluster?.stop("SIGINT");
  await Bun.sleep(unitInterval(random) * AWAY_MS);
  await cluster?.start();
  await until("the hub has its database again", FREE_MS, async () => {
    const reply = await hub.ask("GET", "/api/fleet/health");
    return ((await reply.json()) as { db_connected: boolean }).db_connected;
  });
}
