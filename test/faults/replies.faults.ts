/** npm run test:faults -- replies: replies lost after the commit; requests that arrive twice, late and out of order. */
import { burst, settleWires } from "./support/burst.ts";
import { checkFleet } from "./support/check.ts";
import { answer, handIn } from "./support/drive.ts";
import { startFleet, type Fleet, type FleetRig } from "./support/fleet.ts";
import type { Chunk, Fate } from "./support/link.ts";
import { hit } from "./support/moments.ts";
import { sent } from "./support/quiet.ts";
import { row } from "./support/row.ts";
import { freshRig, linksOf } from "./support/siege.ts";

const SEED = 7_007;
const WORK = { uploads: 6, enqueues: 2 };
const FRESH_EVERY = 3;
const OVERTAKEN_EVERY = 5;

row("replies", 2000, async (times) => {
  const fleet = await startFleet({ engine: "server", rigs: 2, wires: 4, seed: SEED });
  const hits = new Map<string, number>();
  const faults = (): number => [...hits.values()].reduce((sum, each) => sum + each, 0);
  try {
    const watch = (): void => {
      for (const [nth, link] of linksOf(fleet).entries()) {
        const hasSpoke = nth < fleet.rigs.length;
        link.watch((chunk) => fateOf(fleet, { chunk, hits, hasSpoke }));
      }
    };
    watch();
    for (let nth = 1; faults() < times; nth++) {
      await burst(fleet, WORK);
      // What was kept on the way comes now, behind everything that was sent since.
      const again = await Promise.all(linksOf(fleet).map(async (link) => link.sendKept?.(fleet.random) ?? 0));
      for (let each = again.reduce((sum, count) => sum + count, 0); each > 0; each--) hit(hits, "twice");
      const first = fleet.rigs[0];
      if (first !== undefined && nth % OVERTAKEN_EVERY === 1) {
        await overtake(fleet, first);
        hit(hits, "answer overtaken");
        watch();
      }
      if (nth % FRESH_EVERY === 0) await Promise.all(fleet.rigs.map(freshRig));
    }
    for (const link of linksOf(fleet)) link.watch();
    await settleWires(fleet);
    return { faults: faults(), hits, ...(await checkFleet(fleet)) };
  } finally {
    await fleet.close();
  }
});

/** An answer is held up on its way, and comes when the driller has said something else that is on the hub already. */
async function overtake({ random }: Fleet, rig: FleetRig): Promise<void> {
  const { ledger, link } = rig;
  link.watch();
  const event = ledger.nextEvent();
  await handIn(rig, event);
  await sent(rig);
  const { promise, resolve } = Promise.withResolvers<void>();
  link.watch(({ asked, direction }) => {
    if (asked !== "outcome" || direction !== "up") return "pass";
    resolve();
    link.watch();
    return "late";
  });
  await answer(rig, ledger.answerTo(event.id));
  await promise;
  await answer(rig, ledger.answerTo(event.id));
  await freshRig(rig);
  await sent(rig);
  await link.sendKept?.(random);
}

interface Passing {
  readonly chunk: Chunk;
  readonly hits: Map<string, number>;
  readonly hasSpoke: boolean;
}

/** One reply in four is lost, and one request in four is kept to come again. */
function fateOf({ random }: Fleet, { chunk: { asked, direction }, hits, hasSpoke }: Passing): Fate {
  if (direction === "up" || (asked !== "event" && asked !== "outcome")) return "pass";
  const die = random.u32() % 4;
  if (die === 0) {
    hit(hits, `${asked} reply lost`);
    return "cut";
  }
  // Only our own spoke tells when an answer was given; of an old rig's the last to arrive is the last.
  return die === 1 && (asked === "event" || hasSpoke) ? "keep" : "pass";
}
