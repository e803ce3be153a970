/** npm run test:faults -- spoke-kill: kill -9 of rigs while they take in, upload, answer and pull. */
import { unitInterval, type Random } from "../../src/base/random.ts";
import { checkFleet } from "./support/check.ts";
import { answer, handIn, handInAgain, recall } from "./support/drive.ts";
import { startFleet, type Fleet, type FleetRig } from "./support/fleet.ts";
import type { Asked } from "./support/link.ts";
import { hit, seenOn } from "./support/moments.ts";
import { row } from "./support/row.ts";
import { until } from "./support/until.ts";

const RIGS = 4;
const SEED = 7_001;
const BURST = 4;
const EARLY_MS = 12;
/** A rig that waits out a failure is killed all the same. */
const IDLE_MS = 2000;

row("spoke-kill", 1000, async (times) => {
  const fleet = await startFleet({ engine: "server", rigs: RIGS, seed: SEED });
  try {
    const hits = new Map<string, number>();
    const shares = fleet.rigs.map((_, at) => Math.floor((times + at) / RIGS));
    await Promise.all(fleet.rigs.map((rig, at) => killAgainAndAgain({ fleet, hits }, rig, shares[at] ?? 0)));
    return { faults: times, hits, ...(await checkFleet(fleet)) };
  } finally {
    await fleet.close();
  }
});

interface Run {
  readonly fleet: Fleet;
  readonly hits: Map<string, number>;
}

async function killAgainAndAgain({ fleet, hits }: Run, rig: FleetRig, kills: number): Promise<void> {
  for (let kill = 0; kill < kills; kill++) {
    hit(hits, await oneLife(rig, fleet.random));
    await rig.daemon.start();
    await handInAgain(rig);
    await recall(rig);
  }
}

/** Gives it work of every kind, and kills it at a moment of one of them, which it returns. */
async function oneLife(rig: FleetRig, random: Random): Promise<string> {
  const momentIn = momentOf(rig, random);
  const given = rig.ledger.nextAnswer();
  const work = [
    ...Array.from({ length: 1 + (random.u32() % BURST) }, () => handIn(rig, rig.ledger.nextEvent())),
    ...(given === undefined ? [] : [answer(rig, given)]),
    rig.daemon.ask("POST", "/api/v1/sync").catch(() => {}),
  ];
  const moment = await momentIn(work);
  await rig.daemon.kill();
  rig.link.watch();
  await Promise.all(work);
  return moment;
}

type Moment = (work: readonly Promise<unknown>[]) => Promise<string>;

/** By the clock, by a reply of its own address, or by what passes on its link. */
function momentOf({ link, daemon }: FleetRig, random: Random): Moment {
  const kind = random.u32() % 6;
  if (kind === 0) return () => Bun.sleep(unitInterval(random) * EARLY_MS).then(() => "clock");
  if (kind === 1)
    return async (work) => {
      await work[random.u32() % work.length];
      return "reply";
    };
  const asked: Asked = kind === 2 ? "outcome" : kind === 3 ? "library" : "event";
  const seen = seenOn([link], {
    asked,
    direction: random.u32() % 2 === 0 ? "up" : "down",
    skipped: kind === 5 ? random.u32() % BURST : 0,
    passes: random.u32() % 2 === 0,
  });
  // A moment that this life does not have is over when the rig has nothing more to send.
  return (work) => Promise.race([seen, Promise.all(work).then(() => idle(daemon))]);
}

async function idle(daemon: FleetRig["daemon"]): Promise<string> {
  await until("the rig has sent what it has", IDLE_MS, async () => {
    const { queue } = await daemon.status();
    return queue.pending + queue.outcomes_pending === 0;
  }).catch(() => {});
  return "idle";
}
