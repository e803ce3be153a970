import { join } from "node:path";
import { encodeEvent } from "../../../src/wire/codec.ts";
import type { FleetEvent } from "../../../src/wire/event.ts";
import { runtimeZstd } from "../../../src/base/zstd.ts";
import { seededRandom, unitInterval, type Random } from "../../../src/base/random.ts";
import { hubDaemon, type HubDaemon } from "../support/hub-daemon.ts";
import { createLedger, type Ledger } from "../support/ledger.ts";
import type { Disk, Disks } from "./disks.ts";
import type { Cuts } from "./rig-cuts.ts";

const DISK_BYTES = 512 * 1024 ** 2;
const CUTS_A_HUB = 8;
const PAUSE_MS = 600;
const SENDERS = 3;
const REST_MS = 20;

/** Cuts the power of hubs with their embedded database while they take events in; every 201 has to be there after it. */
export async function cutHubs(disks: Disks, times: number, seed: number): Promise<Cuts> {
  const found: Cuts = { lost: [], wrong: [] };
  for (let done = 0; done < times; done += CUTS_A_HUB) {
    await oneHub(disks, { cuts: Math.min(CUTS_A_HUB, times - done), seed: seed + done, found });
  }
  return found;
}

interface Trial {
  readonly cuts: number;
  readonly seed: number;
  readonly found: Cuts;
}

async function oneHub(disks: Disks, { cuts, seed, found }: Trial): Promise<void> {
  const random = seededRandom(seed);
  const disk = disks.fresh(DISK_BYTES);
  const hub = await hubOn(disk);
  await hub.start();
  const key = await registered(hub);
  const ledger = createLedger("RIG-1", seededRandom(seed), Math.floor(Date.now() / 1000));
  const taken = new Map<string, FleetEvent>();
  const writing = new AbortController();
  const send = (): Promise<void> => keepSending(hub.url, { key, ledger, taken, signal: writing.signal });
  const work = Promise.all(Array.from({ length: SENDERS }, send));
  try {
    for (let cut = 0; cut < cuts; cut++) {
      await Bun.sleep(unitInterval(random) * PAUSE_MS);
      const given = new Map(taken);
      const left = disk.cut();
      try {
        await lookAt(left, { key, given, found, random, seed });
      } finally {
        left.close();
      }
    }
  } finally {
    writing.abort();
    await work;
    await hub.kill();
    disk.close();
  }
}

function hubOn(disk: Disk): Promise<HubDaemon> {
  return hubDaemon({ dataDir: join(disk.folder, "hub") });
}

async function registered(hub: HubDaemon): Promise<string> {
  const reply = await hub.ask("POST", "/api/fleet/rigs/register", { rig_id: "RIG-1", well_id: "W-1", field: "F" });
  return ((await reply.json()) as { api_key: string }).api_key;
}

interface Sending {
  readonly key: string;
  readonly ledger: Ledger;
  readonly taken: Map<string, FleetEvent>;
  readonly signal: AbortSignal;
}

async function keepSending(url: string, { key, ledger, taken, signal }: Sending): Promise<void> {
  while (!signal.aborted) {
    const event = ledger.nextEvent();
    if ((await upload(url, key, event)) === 201) taken.set(event.id, event);
    await Bun.sleep(REST_MS);
  }
}

async function upload(url: string, key: string, event: FleetEvent): Promise<number> {
  const reply = await fetch(`${url}/api/fleet/events`, {
    method: "POST",
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json", "Content-Encoding": "zstd" },
    body: Buffer.from(runtimeZstd.compress(encodeEvent(event))),
  });
  const { status } = (await reply.json()) as { status?: string };
  return status === "already_exists" ? 200 : reply.status;
}

interface Left {
  readonly key: string;
  readonly given: ReadonlyMap<string, FleetEvent>;
  readonly found: Cuts;
  readonly random: Random;
  readonly seed: number;
}

/** A hub starts on it and is sent everything again: what it had is a replay, and by that equal to the last value. */
async function lookAt(disk: Disk, { key, given, found, seed }: Left): Promise<void> {
  const hub = await hubOn(disk);
  await hub.start();
  for (const [id, event] of given) {
    const status = await upload(hub.url, key, event);
    if (status === 201) found.lost.push(`seed ${seed}: ${id} was accepted and is gone`);
    else if (status !== 200) found.wrong.push(`seed ${seed}: ${id} is answered ${status}`);
  }
  const reply = await hub.ask("GET", "/api/fleet/health");
  if (reply.status !== 200) found.wrong.push(`seed ${seed}: health is ${reply.status} ${await reply.text()}`);
  await hub.kill();
}
