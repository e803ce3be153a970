/** npm run test:faults -- two-curators: two hubs, both of which curate, over one database and under load. */
import { burst, settleWires } from "./support/burst.ts";
import { checkFleet } from "./support/check.ts";
import { startFleet, type Fleet } from "./support/fleet.ts";
import { follow } from "./support/follower.ts";
import { quiet } from "./support/quiet.ts";
import { row } from "./support/row.ts";
import { freshRig } from "./support/siege.ts";
import { inDatabase } from "./support/stored.ts";
import { patch, upload, type Wire } from "./support/wire.ts";

const SEED = 7_006;
const WORK = { uploads: 4, inTurn: true, enqueues: 1 };
/** Two sessions of each rig without a spoke, by both hubs at once: what each curator finds belongs to the other's too. */
const AT_ONCE = 8;
/** Apart from each other, so that each is there when the one before is being curated. */
const STAGGER_MS = 4;
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
    const followers = fleet.rigs.slice(0, fleet.hubs.length).map(follow);
    let runs = 0;
    for (let nth = 0; runs < times; nth++) {
      const asked = nth % REQUEST_EVERY === 0 ? fleet.hub.verb("curate") : undefined;
      await Promise.all([burst(fleet, WORK), asked]);
      await sessionsByBoth(fleet);
      if (nth % LOOK_EVERY === 0) {
        runs = await runsOf(fleet);
        await Promise.all(fleet.rigs.map(freshRig));
      }
    }
    await settleWires(fleet);
    const met = await overlapping(fleet);
    const stuck = await quiet(fleet);
    const followed = (await Promise.all(followers.map((follower) => follower.finish()))).flat();
    const { wrong, ...found } = await checkFleet(fleet, "together");
    const hits = new Map([["runs at the same time as another", met]]);
    return { faults: runs, hits, ...found, wrong: [...stuck, ...followed, ...wrong] };
  } finally {
    await fleet.close();
  }
});

/** Each second event goes by the link of the next rig, which leads to the other hub. */
async function sessionsByBoth({ wires = [] }: Fleet): Promise<void> {
  await Promise.all(
    wires.map(async (wire, nth) => {
      const other: Wire = { ...wire, link: wires[(nth + 1) % wires.length]?.link ?? wire.link };
      await Promise.all(
        Array.from({ length: AT_ONCE }, async (_, at) => {
          const event = wire.ledger.nextEvent();
          await Bun.sleep(at * STAGGER_MS);
          await upload(at % 2 === 0 ? wire : other, event);
          const answer = at % 2 === 0 ? undefined : wire.ledger.nextAnswer();
          if (answer !== undefined) await patch(wire, answer);
        }),
      );
    }),
  );
}

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
