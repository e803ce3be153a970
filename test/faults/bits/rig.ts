import { copyFileSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { seededRandom } from "../../../src/base/random.ts";
import { encodeEvent } from "../../../src/wire/codec.ts";
import type { FleetEpisode } from "../../../src/wire/episode.ts";
import type { FleetEvent } from "../../../src/wire/event.ts";
import { createClient } from "../../../spoke/client.ts";
import { openSpokeLibrary, openSpokeQueue } from "../../../spoke/files.ts";
import { openMirror } from "../../../spoke/library/mirror.ts";
import { createLibrarySync } from "../../../spoke/library/sync.ts";
import { aWindow } from "../../support/builders.ts";
import { fixtureEpisodes } from "../../support/episodes.ts";
import { playedHub, type PlayedHub } from "../../support/played-hub.ts";
import { rigContext, type RigContext } from "../../support/rig.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import { scratchFolder } from "../support/scratch.ts";
import { canonicalDigest } from "../support/canonical.ts";
import { createLedger } from "../support/ledger.ts";

/** What a rig holds before anything happens to its disk. */
export interface Truth {
  /** Digest of every event that it was ever given. */
  readonly events: ReadonlyMap<string, string>;
  /** Not sent yet. */
  readonly waiting: readonly string[];
  /** Digest of the patch that each answered event comes to. */
  readonly answers: ReadonlyMap<string, string>;
  /** Answers that the hub has not heard. */
  readonly unheard: readonly string[];
  /** Digests of episodes as this rig may have them, old and new. */
  readonly known: ReadonlyMap<string, ReadonlySet<string>>;
  /** The same as they are on the hub now. */
  readonly library: ReadonlyMap<string, string>;
}

export interface HealthyRig {
  readonly truth: Truth;
  /** Data directories: one as a stop leaves it, one as kill -9 does. */
  readonly folders: readonly string[];
  /** The hub, which went on since the rig last pulled. */
  hub(): PlayedHub;
}

const RIG = "RIG-1";
const OLD_EVENTS = 30;
const NEW_EVENTS = 10;
const SENT = 14;
const HEARD = 3;
const LONG_EVERY = 4;
const EPISODES = 90;
const EPISODES_A_RUN = 10;
const NOW_S = Date.parse("2026-11-23T12:00:00Z") / 1000;

/** A queue with events in every state and a library with its snapshot, by the code that writes them on a rig. */
export async function healthyRig(): Promise<HealthyRig> {
  const context = rigContext({ settings: { data_dir: join(temporaryDirectory(), "rig") } });
  const { data_dir: folder } = context.settings;
  mkdirSync(folder);
  const first = fixtureEpisodes().slice(0, EPISODES).map(ofAnotherRig);
  const publish = (): PlayedHub => {
    const hub = playedHub();
    for (let from = 0; from < first.length; from += EPISODES_A_RUN)
      hub.library.put(...first.slice(from, from + EPISODES_A_RUN));
    return hub;
  };
  const later = first.slice(5, 14).map((episode) => ({ ...episode, outcome: "FalsePositive" as const, score: 0.01 }));
  const store = openSpokeLibrary(context);
  const source = createClient({ ...context, net: publish().net });
  await createLibrarySync(context, { source, store, follower: openMirror(store, () => {}) }).syncOnce();
  const queued = fillQueue(context, () => copyOf(folder));
  store.close();
  const gone = new Set(first.slice(20, 23).map(({ id }) => id));
  const now = new Map([...first, ...later].filter(({ id }) => !gone.has(id)).map(digested));
  const known = Map.groupBy([...first, ...later].map(digested), ([id]) => id);
  return {
    truth: {
      ...queued.truth,
      library: now,
      known: new Map([...known].map(([id, pairs]) => [id, new Set(pairs.map(([, digest]) => digest))])),
    },
    folders: [folder, queued.killed],
    hub() {
      const hub = publish();
      for (const episode of later) hub.library.put(episode);
      hub.library.archive(...gone);
      return hub;
    },
  };
}

function ofAnotherRig(episode: FleetEpisode, nth: number): FleetEpisode {
  return { ...episode, id: `RIG-9-${episode.timestamp + nth}-episode`, rig_id: "RIG-9", score: (nth % 50) / 50 };
}

function digested(episode: FleetEpisode): [string, string] {
  return [episode.id, canonicalDigest(episode)];
}

/** Events of every state; some of them and some answers only in the log, as a rig that is killed has them. */
function fillQueue(context: RigContext, copy: () => string) {
  const queue = openSpokeQueue(context);
  const ledger = createLedger(RIG, seededRandom(1), NOW_S);
  const take = (count: number): FleetEvent[] =>
    Array.from({ length: count }, (_, nth) => {
      const event = ledger.nextEvent();
      const long = nth % LONG_EVERY === 0;
      const told = long ? { ...event, history_window: aWindow(event.timestamp, event.depth ?? 0) } : event;
      ledger.took(told, queue.enqueue(encodeEvent(told)).id);
      return told;
    });
  const old = take(OLD_EVENTS);
  const sent: string[] = [];
  for (let nth = 0; nth < SENT; nth++) {
    const { id } = queue.next() ?? { id: "" };
    queue.markSent(id);
    sent.push(id);
  }
  const answers = new Map<string, string>();
  const say = (id: string, text: string): void => {
    const ticketTimestamp = Number(id.split("-").at(-1));
    const patch = { outcome: "Resolved", action_taken: text, notes: null } as const;
    queue.recordOutcome({ ticketTimestamp, acknowledgedAt: NOW_S, patch });
    answers.set(id, canonicalDigest(patch));
  };
  for (const id of sent.slice(0, 6)) say(id, `circulated after ${id}`);
  for (let nth = 0; nth < HEARD; nth++) {
    const next = queue.nextOutcome();
    if (next !== undefined) queue.markOutcomeSent(next);
  }
  queue.tidy(30);
  const fresh = take(NEW_EVENTS);
  for (const { id } of fresh.slice(0, 3)) say(id, `shut in after ${id}`);
  const heard = new Set([...answers.keys()].slice(0, HEARD));
  const killed = copy();
  queue.tidy(30);
  queue.close();
  const waiting = [...old, ...fresh].map(({ id }) => id).filter((id) => !sent.includes(id));
  const unheard = [...answers.keys()].filter((id) => !heard.has(id));
  return { killed, truth: { events: ledger.acknowledged, waiting, answers, unheard } };
}

/** A fresh folder with the same files. */
export function copyOf(folder: string): string {
  const copy = scratchFolder();
  for (const name of readdirSync(folder)) copyFileSync(join(folder, name), join(copy, name));
  return copy;
}
