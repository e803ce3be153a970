import { systemClock } from "../../../src/base/clock.ts";
import { hex, sha256 } from "../../../src/base/digest.ts";
import { silentLog } from "../../../src/base/log.ts";
import { systemNet, type Net } from "../../../src/base/net.ts";
import { systemRandom } from "../../../src/base/random.ts";
import { encodeEvent } from "../../../src/wire/codec.ts";
import type { FleetEvent } from "../../../src/wire/event.ts";
import { createClient } from "../../../spoke/client.ts";
import { openSpokeLibrary, openSpokeQueue } from "../../../spoke/files.ts";
import { openMirror } from "../../../spoke/library/mirror.ts";
import { createLibrarySync } from "../../../spoke/library/sync.ts";
import { createReoffer } from "../../../spoke/reoffer.ts";
import { createUploader } from "../../../spoke/uploader.ts";
import { fixtureEvents } from "../../support/fixtures.ts";
import { rigContext } from "../../support/rig.ts";

const FIRST_SECOND = 1_790_000_000;
/** Events of one hour would be one episode; these are of many. */
const APART_S = 700;
const AGAIN_MS = 50;
const models = fixtureEvents();

export interface Load {
  /** Requests that had no good answer, whatever became of them. */
  readonly failed: number;
  /** The longest time in which no event was acknowledged. */
  readonly longestGapMs: number;
  readonly sent: number;
}

/** Rigs with the real client, queue and library sync, which send until they are told to stop. */
export interface Rigs {
  /** Each sends so many events a second. */
  start(eventsPerSecond: number): void;
  /** Lets each queue run empty. */
  stop(): Promise<Load>;
  /** Everything that was acknowledged, by id: the SHA-256 of its bytes. */
  readonly acknowledged: ReadonlyMap<string, string>;
  /** Pulls the library, and sends what the hub wants because of it. */
  passBy(): Promise<void>;
  close(): void;
}

export async function openRigs(url: string, adminKey: string, count: number): Promise<Rigs> {
  const seen = { failed: 0, sent: 0, longestGapMs: 0, lastMs: 0 };
  const acknowledged = new Map<string, string>();
  const rigs = await Promise.all(
    Array.from({ length: count }, async (_, at) => {
      const rigId = `RIG-${at + 1}`;
      return openRig(url, rigId, await register(url, adminKey, rigId), counting(seen));
    }),
  );
  let stopping = new AbortController();
  let running: Promise<unknown> = Promise.resolve();
  const loop = async (rig: Rig, pauseMs: number): Promise<void> => {
    while (!stopping.signal.aborted) {
      const [id, digest] = rig.enqueue();
      while ((await rig.uploader.uploadOnce()).blocked !== undefined) await Bun.sleep(AGAIN_MS);
      acknowledged.set(id, digest);
      seen.sent++;
      const now = performance.now();
      seen.longestGapMs = Math.max(seen.longestGapMs, now - seen.lastMs);
      seen.lastMs = now;
      await Bun.sleep(pauseMs);
    }
  };
  return {
    acknowledged,
    start(eventsPerSecond) {
      stopping = new AbortController();
      Object.assign(seen, { failed: 0, sent: 0, longestGapMs: 0, lastMs: performance.now() });
      running = Promise.all(rigs.map((rig) => loop(rig, 1000 / eventsPerSecond)));
    },
    async stop() {
      stopping.abort();
      await running;
      return { ...seen };
    },
    async passBy() {
      for (const { sync, uploader } of rigs) {
        await sync.syncOnce();
        await uploader.uploadOnce();
      }
    },
    close() {
      for (const rig of rigs) rig.close();
    },
  };
}

interface Seen {
  failed: number;
}

function counting(seen: Seen): Net {
  return {
    async send(request, deadlineMs) {
      try {
        const reply = await systemNet.send(request, deadlineMs);
        if (reply.status >= 400 && reply.status !== 409) seen.failed++;
        return reply;
      } catch (error) {
        seen.failed++;
        throw error;
      }
    },
  };
}

type Rig = ReturnType<typeof openRig>;

function openRig(hub_url: string, rig_id: string, api_key: string, net: Net) {
  const { settings } = rigContext({ settings: { hub_url, rig_id, api_key } });
  const context = { clock: systemClock, random: systemRandom, log: silentLog, net, settings };
  const queue = openSpokeQueue(context);
  const store = openSpokeLibrary(context);
  const client = createClient(context);
  let made = 0;
  return {
    sync: createLibrarySync(context, { source: client, store, follower: openMirror(store, () => {}) }),
    uploader: createUploader(context, queue, client, createReoffer(context, queue, client, store)),
    enqueue(): [id: string, digest: string] {
      const event = renamed(models[made % models.length] as FleetEvent, rig_id, FIRST_SECOND + made++ * APART_S);
      const bytes = encodeEvent(event);
      queue.enqueue(bytes);
      return [event.id, hex(sha256(bytes))];
    },
    close() {
      queue.close();
      store.close();
    },
  };
}

function renamed(model: FleetEvent, rig_id: string, timestamp: number): FleetEvent {
  return { ...model, id: `${rig_id}-${timestamp}`, rig_id, timestamp, advisory: { ...model.advisory, timestamp } };
}

export async function register(url: string, adminKey: string, rig_id: string): Promise<string> {
  const reply = await fetch(`${url}/api/fleet/rigs/register`, {
    method: "POST",
    headers: { Authorization: `Bearer ${adminKey}`, "Content-Type": "application/json" },
    body: JSON.stringify({ rig_id, well_id: "W", field: "F" }),
  });
  if (reply.status !== 201) throw new Error(`registering ${rig_id} answered ${reply.status}: ${await reply.text()}`);
  return ((await reply.json()) as { api_key: string }).api_key;
}
