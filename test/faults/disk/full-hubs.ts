import { join } from "node:path";
import { encodeEvent } from "../../../src/wire/codec.ts";
import type { FleetEvent } from "../../../src/wire/event.ts";
import { runtimeZstd } from "../../../src/base/zstd.ts";
import { seededRandom, type Random } from "../../../src/base/random.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import { hubDaemon, type HubDaemon } from "../support/hub-daemon.ts";
import { createLedger } from "../support/ledger.ts";
import { startCluster } from "../support/postgres-cluster.ts";
import type { Disk, Disks } from "./disks.ts";
import { fill, freeUp } from "./fill.ts";
import { heavy } from "./heavy.ts";
import type { Cuts } from "./rig-cuts.ts";

const DISK_BYTES = 256 * 1024 ** 2;
const EVENTS_A_FILL = 40;
const TRIES = 60;
const TRY_AGAIN_MS = 500;
/** What a rig takes for "try again later". */
const LATER: ReadonlySet<number> = new Set([0, 503]);

/** Disks of hubs run full and get room again: a rig is told to wait, and nothing that was accepted is lost. */
export async function fillHubs(
  disks: Disks,
  { times, seed, engine }: { times: number; seed: number; engine: "server" | "embedded" },
): Promise<Cuts & { refused: number }> {
  const found = { lost: [] as string[], wrong: [] as string[], refused: 0 };
  if (times === 0) return found;
  const disk = disks.fresh(DISK_BYTES);
  const opened = await hubOn(disk, engine);
  const { hub } = opened;
  const random = seededRandom(seed);
  const ledger = createLedger("RIG-1", seededRandom(seed), Math.floor(Date.now() / 1000));
  const taken: FleetEvent[] = [];
  try {
    const key = await registered(hub);
    for (let nth = 0; nth < times; nth++) {
      found.refused += await oneFill({ hub, key, disk, random, found }, () => heavy(ledger.nextEvent()), taken);
    }
    for (const event of taken) {
      const { status } = await upload(hub, key, event);
      if (status === 201) found.lost.push(`${engine}: ${event.id} was accepted and is gone`);
      else if (status !== 200) found.wrong.push(`${engine}: ${event.id} is answered ${status}`);
    }
  } finally {
    await opened.close();
    disk.close();
  }
  return found;
}

async function hubOn(disk: Disk, engine: "server" | "embedded"): Promise<{ hub: HubDaemon; close(): Promise<void> }> {
  if (engine === "embedded") {
    const hub = await hubDaemon({ dataDir: join(disk.folder, "hub") });
    await hub.start();
    return { hub, close: () => hub.kill().catch(() => {}) };
  }
  const before = process.env["TMPDIR"];
  process.env["TMPDIR"] = disk.folder;
  const cluster = await startCluster(["wal_recycle=off", "max_wal_size=48MB", "min_wal_size=32MB"]);
  if (before === undefined) delete process.env["TMPDIR"];
  else process.env["TMPDIR"] = before;
  const hub = await hubDaemon({ dataDir: temporaryDirectory(), databaseUrl: cluster.url });
  await hub.start();
  return {
    hub,
    async close() {
      await hub.kill().catch(() => {});
      await cluster.stop();
    },
  };
}

interface Full {
  readonly hub: HubDaemon;
  readonly key: string;
  readonly disk: Disk;
  readonly random: Random;
  readonly found: Cuts;
}

/** Returns how many uploads were told to wait. */
async function oneFill(full: Full, next: () => FleetEvent, taken: FleetEvent[]): Promise<number> {
  const { hub, key, disk, random, found } = full;
  fill(disk.folder, random);
  const waiting: FleetEvent[] = [];
  for (let at = 0; at < EVENTS_A_FILL; at++) {
    const event = next();
    const { status, said } = await upload(hub, key, event);
    if (status === 201) taken.push(event);
    else if (LATER.has(status)) waiting.push(event);
    else found.wrong.push(`on a full disk ${event.id} is answered ${status} ${said}`);
  }
  freeUp(disk.folder);
  for (const event of waiting) {
    if (await goesThrough(hub, key, event)) taken.push(event);
    else found.wrong.push(`${event.id} is not taken with room there again`);
  }
  return waiting.length;
}

/** As a service manager does it, a hub that ended is started again. */
async function goesThrough(hub: HubDaemon, key: string, event: FleetEvent): Promise<boolean> {
  for (let nth = 0; nth < TRIES; nth++) {
    const { status } = await upload(hub, key, event);
    if (status === 201 || status === 200) return true;
    if (status === 0) await hub.start().catch(() => {});
    await Bun.sleep(TRY_AGAIN_MS);
  }
  return false;
}

async function registered(hub: HubDaemon): Promise<string> {
  const reply = await hub.ask("POST", "/api/fleet/rigs/register", { rig_id: "RIG-1", well_id: "W-1", field: "F" });
  return ((await reply.json()) as { api_key: string }).api_key;
}

async function upload(hub: HubDaemon, key: string, event: FleetEvent): Promise<{ status: number; said: string }> {
  try {
    const reply = await fetch(`${hub.url}/api/fleet/events`, {
      method: "POST",
      headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json", "Content-Encoding": "zstd" },
      body: Buffer.from(runtimeZstd.compress(encodeEvent(event))),
      signal: AbortSignal.timeout(20_000),
    });
    const said = await reply.text();
    return { status: said.includes('"already_exists"') ? 200 : reply.status, said };
  } catch (error) {
    return { status: 0, said: String(error) };
  }
}
