/** npm run test:faults -- two-curators: two hubs, both of which curate, over one database and under load. */
import { burst, settleWires } from "./support/burst.ts";
import { checkFleet } from "./support/check.ts";
import { startFleet, type Fleet } from "./support/fleet.ts";
import { row } from "./support/row.ts";
import { freshRig } from "./support/siege.ts";
import { inDatabase } from "./support/stored.ts";

const SEED = 7_006;
const WORK = { uploads: 4, inTurn: true, enqueues: 1 };
const LOOK_EVERY = 5;
/** Beside the two that follow arrivals: one on request, which also re-scores and prunes. */
const REQUEST_EVERY = 10;

row("two-curators", 500, async (times) => {
  const environment = { FLEET_CURATION_QUIET_MS: "0", FLEET_CURATION_WAIT_MAX_MS: "0" };
  const fleet = await startFleet({
    engine: "server",
    rigs: 4,
    wires: 4,
    hubs: 2,
    seed: SEED,
    spread: "together",
    hubEnvironment: environment,
  });
  try {
    let runs = 0;
    for (let nth = 0; runs < times; nth++) {
      const asked = nth % REQUEST_EVERY === 0 ? fleet.hub.verb("curate") : undefined;
      await Promise.all([burst(fleet, WORK), asked]);
      if (nth % LOOK_EVERY === 0) {
        runs = await runsOf(fleet);
        await Promise.all(fleet.rigs.map(freshRig));
      }
    }
    await settleWires(fleet);
    const met = await overlapping(fleet);
    return {
      faults: runs,
      hits: new Map([["runs at the same time as another", met]]),
      ...(await checkFleet(fleet, "together")),
    };
  } finally {
    await fleet.close();
  }
});

async function runsOf(fleet: Fleet): Promise<number> {
  return inDatabase(fleet, async ({ sql }) => {
    const [first] = await sql<{ runs: number }[]>`select count(*)::int as runs from curation_runs`;
    return first?.runs ?? 0;
  });
}

async function overlapping(fleet: Fleet): Promise<number> {
  return inDatabase(fleet, async ({ sql }) => {
    const [first] = await sql<{ met: number }[]>`
      select count(*)::int as met from curation_runs one where exists (
        select from curation_runs other where other.id <> one.id
          and other.started_at < one.finished_at and one.started_at < other.finished_at)`;
    return first?.met ?? 0;
  });
}
