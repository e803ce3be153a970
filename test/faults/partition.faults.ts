/**
 * npm run test:faults -- partition: links that are cut for a while, one way or both, and connections of which only one
 * end is left. What lasts hours there is shortened here, and with it every wait that it is measured against.
 */
import { test } from "bun:test";
import { unitInterval, type Random } from "../../src/base/random.ts";
import { startRadioFleet, type FarRig, type RadioFleet } from "./link/radio-fleet.ts";
import { GOOD_LINK, radioProblem, type Shape } from "./link/radio.ts";
import { checkFleet } from "./support/check.ts";
import { answer, handIn, recall } from "./support/drive.ts";
import { row } from "./support/row.ts";

const PARTITIONS = 500;
const SEED = 13_001;
const RIGS = 4;
/** A wait of a rig for its hub is a second here: so long a cut is to it what hours are to one that waits a minute. */
const CUT_MAX_MS = 2500;
const REST_MAX_MS = 300;
const POOR: Shape = { bitsPerSecond: 2_000_000, delayMs: 15, jitterMs: 10, loss: 0.03, closed: "none" };

const problem = radioProblem();
if (problem !== undefined) test.skip(`partition: ${problem}`, () => {});
else
  row("partition", { full: PARTITIONS }, async (times) => {
    const fleet = await startRadioFleet({
      rigIds: Array.from({ length: RIGS }, (_, nth) => `RIG-${nth + 1}`),
      seed: SEED,
      rigEnvironment: {
        FLEET_REQUEST_TIMEOUT_SECS: "1",
        FLEET_SYNC_INTERVAL_SECS: "2",
        FLEET_UPLOAD_INTERVAL_SECS: "1",
      },
    });
    try {
      const hits = new Map<string, number>();
      const shares = fleet.rigs.map((_, at) => Math.floor((times + at) / RIGS));
      await Promise.all(fleet.rigs.map((rig, at) => partAgainAndAgain(fleet, rig, { times: shares[at] ?? 0, hits })));
      return { faults: times, hits, ...(await checkFleet(fleet)) };
    } finally {
      await fleet.close();
    }
  });

interface Share {
  readonly times: number;
  readonly hits: Map<string, number>;
}

async function partAgainAndAgain(fleet: RadioFleet, rig: FarRig, { times, hits }: Share): Promise<void> {
  for (let nth = 0; nth < times; nth++) {
    const kind = await part(rig, fleet.random);
    hits.set(kind, (hits.get(kind) ?? 0) + 1);
    const link = fleet.random.u32() % 2 === 0 ? POOR : GOOD_LINK;
    rig.radio.set(link);
    await work(rig, fleet.random);
    await Bun.sleep(unitInterval(fleet.random) * REST_MAX_MS);
  }
  rig.radio.set(GOOD_LINK);
}

/** Cut while something is under way. Half-open: the rig's end of its connections goes meanwhile, untold. */
async function part(rig: FarRig, random: Random): Promise<string> {
  const closed = (["both", "up", "down"] as const)[random.u32() % 3] ?? "both";
  const halfOpen = random.u32() % 5 === 0;
  const working = work(rig, random);
  await Bun.sleep(unitInterval(random) * 40);
  rig.radio.set({ ...POOR, closed });
  await working;
  // Few are long, as outside.
  await Bun.sleep(CUT_MAX_MS * unitInterval(random) ** 3);
  if (halfOpen) {
    await rig.daemon.kill();
    await rig.daemon.start();
  }
  await work(rig, random);
  return halfOpen ? `${closed}, half-open` : closed;
}

/** Everything that a rig does is taken at once, link or not. */
async function work(rig: FarRig, random: Random): Promise<void> {
  await handIn(rig, rig.ledger.nextEvent());
  const given = random.u32() % 2 === 0 ? rig.ledger.nextAnswer() : undefined;
  if (given !== undefined) await answer(rig, given);
  await recall(rig);
}
