/** npm run test:faults -- stopped: SIGSTOP of hub, spoke and database, some for longer than the others wait. */
import { unitInterval } from "../../src/base/random.ts";
import { answer, handIn } from "./support/drive.ts";
import { startFleet, type Fleet, type FleetRig } from "./support/fleet.ts";
import { hit, seenOn } from "./support/moments.ts";
import { row, type Tried } from "./support/row.ts";
import { sent } from "./support/quiet.ts";
import { besiege, freshRig } from "./support/siege.ts";
import { settleWires } from "./support/burst.ts";
import { until } from "./support/until.ts";

const SEED = 7_004;
const SHORT_MS = 300;
/** Longer than a rig waits for a reply here. */
const LONG_MS = 1300;
/** In so many of ten the driller changes his mind while the first answer is under way. */
const OVERTAKEN = 2;

row("stopped", 300, async (times) => {
  const rigEnvironment = { FLEET_REQUEST_TIMEOUT_SECS: "1" };
  const fleet = await startFleet({ engine: "server", rigs: 3, wires: 3, seed: SEED, rigEnvironment });
  try {
    const overtaken = Math.floor((times * OVERTAKEN) / 10);
    const first = fleet.rigs[0];
    if (first === undefined) throw new Error("the fleet has a rig");
    for (let nth = 0; nth < overtaken; nth++) await overtake(fleet, first);
    const tried = await besiege(fleet, {
      times: times - overtaken,
      work: { uploads: 6, enqueues: 2 },
      strike: (whole) => stopOne(whole),
    });
    return withOvertaken(tried, overtaken);
  } finally {
    await fleet.close();
  }
});

function withOvertaken(tried: Tried, overtaken: number): Tried {
  const hits = new Map(tried.hits);
  for (let nth = 0; nth < overtaken; nth++) hit(hits, "answer overtaken");
  return { ...tried, faults: tried.faults + overtaken, hits };
}

async function stopOne({ hub, cluster, rigs, random }: Fleet): Promise<void> {
  const ms = random.u32() % 4 === 0 ? LONG_MS : unitInterval(random) * SHORT_MS;
  const kind = random.u32() % 3;
  const stopped = kind === 0 ? hub.process : rigs[random.u32() % rigs.length]?.daemon.process;
  if (kind === 2) cluster?.signalAll("SIGSTOP");
  else stopped?.signal("SIGSTOP");
  await Bun.sleep(ms);
  if (kind === 2) cluster?.signalAll("SIGCONT");
  else stopped?.signal("SIGCONT");
}

/** The hub stands still with an answer on its way in; the rig gives up, gets another answer, and sends that. */
async function overtake(fleet: Fleet, rig: FleetRig): Promise<void> {
  const { daemon, ledger, link } = rig;
  const event = ledger.nextEvent();
  await handIn(rig, event);
  await sent(rig);
  for (const nth of [1, 2]) {
    const arrived = seenOn([link], { asked: "outcome", direction: "up", skipped: 0, passes: true });
    const given = ledger.answerTo(event.id);
    if (nth === 1) fleet.hub.process.signal("SIGSTOP");
    await answer(rig, given);
    if (nth === 2) await freshRig(rig);
    await arrived;
    link.watch();
    if (nth === 1) await until("the rig gave up", 10_000, async () => (await daemon.status()).hub.problem !== null);
  }
  fleet.hub.process.signal("SIGCONT");
  await sent(rig);
  await settleWires(fleet);
}
