import { unitInterval, type Random } from "../../../src/base/random.ts";
import type { Engine } from "../../support/postgres.ts";
import { burst, settleWires, type Burst } from "./burst.ts";
import { checkFleet } from "./check.ts";
import { startFleet, type Fleet, type FleetRig } from "./fleet.ts";
import type { Link } from "./link.ts";
import { hit, seenOn } from "./moments.ts";
import type { Tried } from "./row.ts";

export interface Siege {
  readonly times: number;
  readonly work: Burst;
  /** What is done to the fleet at a moment of its work. Whatever it breaks is whole again when it resolves. */
  readonly strike: (fleet: Fleet, moment: string) => Promise<void>;
}

const EARLY_MS = 40;
/** From the last reply on: a run of the curator begins 20 ms after it, and is over soon. */
const CURATION_MS = 120;
const RIGS_FRESH_EVERY = 5;

/** Works the fleet and strikes it in the middle, again and again; then the invariant. */
export async function besiege(fleet: Fleet, { times, work, strike }: Siege): Promise<Tried> {
  const hits = new Map<string, number>();
  for (let nth = 0; nth < times; nth++) {
    const momentIn = momentOf(fleet, fleet.random, work.uploads);
    const working = burst(fleet, work);
    const moment = await momentIn(working);
    await strike(fleet, hit(hits, moment));
    for (const link of linksOf(fleet)) link.watch();
    await working;
    if (nth % RIGS_FRESH_EVERY === 0) await Promise.all(fleet.rigs.map(freshRig));
  }
  await settleWires(fleet);
  return { faults: times, hits, ...(await checkFleet(fleet)) };
}

const KILL_SEED = 7_002;

export async function killHubs(engine: Engine, times: number): Promise<Tried> {
  const fleet = await startFleet({ engine, rigs: 2, wires: 4, seed: KILL_SEED });
  const strike = async ({ hub }: Fleet): Promise<void> => {
    await hub.kill();
    await hub.start();
  };
  try {
    return await besiege(fleet, { times, work: { uploads: 8, enqueues: 1 }, strike });
  } finally {
    await fleet.close();
  }
}

export function linksOf({ rigs, wires = [] }: Fleet): Link[] {
  return [...rigs, ...wires].map(({ link }) => link);
}

/** One that waits out a failure tries again at once in a fresh process. */
export async function freshRig({ daemon }: FleetRig): Promise<void> {
  await daemon.kill();
  await daemon.start();
}

/** By the clock, while the curator works, or by what passes on one of the links. */
function momentOf(fleet: Fleet, random: Random, uploads: number): (working: Promise<void>) => Promise<string> {
  const kind = random.u32() % 5;
  if (kind === 0) return () => Bun.sleep(unitInterval(random) * EARLY_MS).then(() => "clock");
  if (kind === 1 || kind === 2) {
    const lateMs = unitInterval(random) * CURATION_MS;
    return (working) =>
      working.then(async () => {
        await Bun.sleep(lateMs);
        return "curation";
      });
  }
  const seen = seenOn(linksOf(fleet), {
    asked: kind === 4 && random.u32() % 3 === 0 ? "outcome" : "event",
    direction: kind === 3 ? "down" : "up",
    skipped: random.u32() % (uploads * 3),
    passes: random.u32() % 2 === 0,
  });
  return (working) => Promise.race([seen, working.then(() => "done")]);
}
