import { join } from "node:path";
import { seededRandom } from "../../../src/base/random.ts";
import { isRecord } from "../../../src/base/json.ts";
import type { FleetEvent } from "../../../src/wire/event.ts";
import { openSpokeQueue } from "../../../spoke/files.ts";
import { rigContext } from "../../support/rig.ts";
import { createLedger, type Ledger } from "../support/ledger.ts";
import { rigDaemon, type RigDaemon } from "../support/rig-daemon.ts";
import { until } from "../support/until.ts";
import type { Disks } from "./disks.ts";
import { fill, freeUp } from "./fill.ts";
import { heavy } from "./heavy.ts";
import { openRecorder, type Recorder } from "./recorder.ts";
import type { Cuts } from "./rig-cuts.ts";

const DISK_BYTES = 24 * 1024 ** 2;
const FILLS_A_RIG = 10;
const EVENTS_A_FILL = 60;
const SOME = 3;
const QUIET_MS = 60_000;
/** Codes with which a rig may say that there is no room: who hands an event in keeps it. */
const NO_ROOM: ReadonlySet<number> = new Set([413, 500, 503, 507]);

/** Disks of rigs run full and get room again; nothing that was taken is lost but for a receipt. */
export async function fillRigs(disks: Disks, times: number, seed: number): Promise<Cuts & { refused: number }> {
  const found = { lost: [], wrong: [], refused: 0 };
  for (let done = 0; done < times; done += FILLS_A_RIG) {
    await oneRig(disks, { fills: Math.min(FILLS_A_RIG, times - done), seed: seed + done, found });
  }
  return found;
}

interface Trial {
  readonly fills: number;
  readonly seed: number;
  readonly found: Cuts & { refused: number };
}

async function oneRig(disks: Disks, { fills, seed, found }: Trial): Promise<void> {
  const random = seededRandom(seed);
  const disk = disks.fresh(DISK_BYTES);
  const recorder = openRecorder();
  const dataDir = join(disk.folder, "rig");
  const key = `sk-fleet-${"k".repeat(43)}`;
  const daemon = await rigDaemon({ rigId: "RIG-1", dataDir, hubUrl: recorder.url, key });
  const ledger = createLedger("RIG-1", seededRandom(seed), Math.floor(Date.now() / 1000));
  await daemon.start();
  try {
    for (let nth = 0; nth < fills; nth++) {
      for (let at = 0; at < SOME; at++) await handIn(daemon, ledger, heavy(ledger.nextEvent()));
      fill(disk.folder, random);
      // The hub is there or not, by turns: what cannot leave needs room.
      for (let at = 0; at < EVENTS_A_FILL; at++) {
        if (!(await handIn(daemon, ledger, heavy(ledger.nextEvent())))) found.refused++;
      }
      const recalled = await daemon.ask("GET", "/api/v1/recall?query=torque");
      if (recalled.status !== 200) found.wrong.push(`seed ${seed}: recall on a full disk answered ${recalled.status}`);
      if (random.u32() % 2 === 0) {
        await daemon.kill();
        await daemon.start();
      }
      freeUp(disk.folder);
      for (const event of ledger.unsure.map(heavy)) {
        if (!(await handIn(daemon, ledger, event)))
          found.wrong.push(`seed ${seed}: ${event.id} is refused with room there`);
      }
    }
    await sent(daemon);
    await daemon.kill();
    compare({ dataDir, ledger, recorder, found, seed });
  } finally {
    if (daemon.running) await daemon.kill();
    recorder.close();
    disk.close();
  }
}

/** Whether it was taken. Throws on an answer that is neither. */
async function handIn(daemon: RigDaemon, ledger: Ledger, event: FleetEvent): Promise<boolean> {
  const reply = await daemon.ask("POST", "/api/v1/events", event);
  const said: unknown = await reply.json();
  if (reply.status === 200 || reply.status === 201) {
    ledger.took(event, isRecord(said) ? String(said["id"]) : "");
    return true;
  }
  if (NO_ROOM.has(reply.status)) return false;
  throw new Error(`enqueue answered ${reply.status}: ${JSON.stringify(said)}`);
}

async function sent(daemon: RigDaemon): Promise<void> {
  await until("the rig has sent what it has", QUIET_MS, async () => {
    const { queue } = await daemon.status();
    return queue.pending === 0;
  });
}

interface Ended {
  readonly dataDir: string;
  readonly ledger: Ledger;
  readonly recorder: Recorder;
  readonly found: Cuts;
  readonly seed: number;
}

function compare({ dataDir, ledger, recorder, found, seed }: Ended): void {
  const queue = openSpokeQueue(rigContext({ settings: { data_dir: dataDir } }));
  const receipts = new Set(queue.receipts.list(10_000).map(({ event_id }) => event_id));
  queue.close();
  for (const [id, digest] of ledger.acknowledged) {
    const arrived = recorder.events.get(id);
    if (arrived === undefined && !receipts.has(id)) found.lost.push(`seed ${seed}: ${id} is gone without a receipt`);
    if (arrived !== undefined && arrived !== digest) found.wrong.push(`seed ${seed}: ${id} is another event`);
  }
}
