import { join } from "node:path";
import { seededRandom, unitInterval, type Random } from "../../../src/base/random.ts";
import { answer, handIn, recall } from "../support/drive.ts";
import type { FleetRig } from "../support/fleet.ts";
import { createLedger } from "../support/ledger.ts";
import { rigDaemon, type RigDaemon } from "../support/rig-daemon.ts";
import { until } from "../support/until.ts";
import type { Disk, Disks } from "./disks.ts";
import { openRecorder, type Recorder } from "./recorder.ts";

export interface Cuts {
  readonly lost: string[];
  readonly wrong: string[];
}

const DISK_BYTES = 96 * 1024 ** 2;
/** Queue and library grow; a fresh rig is quicker to look at. */
const CUTS_A_RIG = 8;
const AGAIN_EVERY = 4;
const AGAIN_MS = 30;
const PAUSE_MS = 400;
/** Between two events: enough of them, and few enough to be sent again after each cut. */
const REST_MS = 30;
const QUIET_MS = 60_000;
/** Nobody is there: what is taken stays on the disk. */
const NO_HUB = "http://127.0.0.1:9";

/** Cuts the power of rigs while they write; what they had acknowledged has to be there after the next start. */
export async function cutRigs(disks: Disks, times: number, seed: number): Promise<Cuts> {
  const found: Cuts = { lost: [], wrong: [] };
  for (let done = 0; done < times; done += CUTS_A_RIG) {
    await oneRig(disks, { cuts: Math.min(CUTS_A_RIG, times - done), seed: seed + done, found });
  }
  return found;
}

interface Trial {
  readonly cuts: number;
  readonly seed: number;
  readonly found: Cuts;
}

async function oneRig(disks: Disks, { cuts, seed, found }: Trial): Promise<void> {
  const random = seededRandom(seed);
  const disk = disks.fresh(DISK_BYTES);
  const recorder = openRecorder();
  const rig = await rigOn(disk, { hubUrl: NO_HUB, seed });
  await rig.daemon.start();
  const writing = new AbortController();
  const work = write(rig, writing.signal, random);
  try {
    for (let cut = 0; cut < cuts; cut++) {
      await Bun.sleep(unitInterval(random) * PAUSE_MS);
      const given = new Map(rig.ledger.acknowledged);
      const left = disk.cut();
      try {
        await lookAt(left, { given, recorder, found, seed, again: cut % AGAIN_EVERY === 0 });
      } finally {
        left.close();
      }
    }
  } finally {
    writing.abort();
    await work;
    await rig.daemon.kill();
    recorder.close();
    disk.close();
  }
}

async function write(rig: FleetRig, signal: AbortSignal, random: Random): Promise<void> {
  while (!signal.aborted) {
    await handIn(rig, rig.ledger.nextEvent());
    const given = random.u32() % 3 === 0 ? rig.ledger.nextAnswer() : undefined;
    if (given !== undefined) await answer(rig, given);
    await Bun.sleep(unitInterval(random) * REST_MS);
  }
}

async function rigOn(disk: Disk, { hubUrl, seed }: { hubUrl: string; seed: number }): Promise<FleetRig> {
  const daemon = await rigDaemon({
    rigId: "RIG-1",
    dataDir: join(disk.folder, "rig"),
    hubUrl,
    key: `sk-fleet-${"k".repeat(43)}`,
  });
  const link = { url: hubUrl, to: nothing, watch: nothing, cut: nothing, close: nothing };
  const ledger = createLedger("RIG-1", seededRandom(seed), Math.floor(Date.now() / 1000));
  return { daemon, link, ledger, key: "" };
}

function nothing(): void {}

interface Left {
  readonly given: ReadonlyMap<string, string>;
  readonly recorder: Recorder;
  readonly found: Cuts;
  readonly seed: number;
  /** Whether power goes once more at the next start. */
  readonly again: boolean;
}

/** A spoke starts on it, with a hub this time. Now and then it is cut once more while it uploads, pulls and mends. */
async function lookAt(disk: Disk, left: Left): Promise<void> {
  const { given, recorder, found, seed, again } = left;
  recorder.events.clear();
  recorder.publish();
  if (again) {
    const first = await rigOn(disk, { hubUrl: recorder.url, seed });
    await first.daemon.start();
    await Bun.sleep(AGAIN_MS);
    const twice = disk.cut();
    await first.daemon.kill();
    try {
      await startAndCompare(twice, left);
    } finally {
      twice.close();
    }
  } else await startAndCompare(disk, left);
  for (const [id, digest] of given) {
    const arrived = recorder.events.get(id);
    if (arrived === undefined) found.lost.push(`seed ${seed}: ${id} was acknowledged and is gone`);
    else if (arrived !== digest) found.wrong.push(`seed ${seed}: ${id} is another event`);
  }
}

async function startAndCompare(disk: Disk, { recorder, found, seed }: Left): Promise<void> {
  const rig = await rigOn(disk, { hubUrl: recorder.url, seed });
  const { daemon } = rig;
  await daemon.start();
  try {
    await sent(daemon);
    await recall(rig);
    const pulled = await daemon.ask("POST", "/api/v1/sync");
    if (pulled.status !== 200) found.wrong.push(`seed ${seed}: a pull was answered ${pulled.status}`);
    const { queue } = await daemon.status();
    if (queue.refused > 0) found.wrong.push(`seed ${seed}: ${queue.refused} refused`);
  } finally {
    await daemon.kill();
  }
  const library = daemon.library();
  const missing = recorder.episodes.filter((id) => !library.has(id));
  if (missing.length > 0) found.wrong.push(`seed ${seed}: ${missing.length} episodes are not in the library`);
}

async function sent(daemon: RigDaemon): Promise<void> {
  await until("the rig has sent what it has", QUIET_MS, async () => {
    const { queue } = await daemon.status();
    return queue.pending + queue.outcomes_pending === 0;
  });
}
