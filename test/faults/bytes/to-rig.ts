import { runtimeZstd } from "../../../src/base/zstd.ts";
import type { Net, NetReply, NetRequest } from "../../../src/base/net.ts";
import { seededRandom, type Random } from "../../../src/base/random.ts";
import { createClient, type HubClient } from "../../../spoke/client.ts";
import { openSpokeLibrary, openSpokeQueue } from "../../../spoke/files.ts";
import { openMirror, type Mirror } from "../../../spoke/library/mirror.ts";
import type { LibraryStore } from "../../../spoke/library/store.ts";
import { createLibrarySync, type LibrarySync } from "../../../spoke/library/sync.ts";
import type { FleetEpisode } from "../../../src/wire/episode.ts";
import type { Queue } from "../../../spoke/queue/queue.ts";
import { createUploadRound, type UploadRound } from "../../../spoke/upload-round.ts";
import { anEpisode } from "../../support/library-hub.ts";
import { playedHub, type PlayedHub } from "../../support/played-hub.ts";
import { rigContext } from "../../support/rig.ts";
import { eventBytes } from "../../support/rig-queue.ts";
import { scratchFolder } from "../support/scratch.ts";
import { canonicalDigest } from "../support/canonical.ts";
import { mutateBytes, mutateJson, oddJson, pick, zstdBomb } from "./mutate.ts";

const EPISODES = 12;
const CHANGE_EVERY = 4;
const GROWTH_MAX_BYTES = 600 * 1024 * 1024;
const SLOW_MS = 5000;
const SHOTS_A_RIG = 200;
const QUESTION = { text: "well control kick loss circulation flow imbalance" };

interface Rig {
  readonly hub: PlayedHub;
  readonly queue: Queue;
  readonly store: LibraryStore;
  readonly mirror: Mirror;
  readonly sync: LibrarySync;
  readonly round: UploadRound;
  readonly client: HubClient;
  /** What the hub has, as it was published last. */
  readonly published: Map<string, FleetEpisode>;
  /** In place of the link; without one everything passes. */
  between: ((request: NetRequest, onward: () => Promise<NetReply>) => Promise<NetReply>) | undefined;
}

/** Damaged replies to a rig, which must not believe one, must not lose anything over it, and asks again. */
export async function shootAtRig(times: number, seed: number): Promise<{ wrong: string[]; hits: Map<string, number> }> {
  const wrong: string[] = [];
  const hits = new Map<string, number>();
  const before = process.memoryUsage().rss;
  let rig = await freshRig();
  for (let nth = 0; nth < times; nth++) {
    if (nth % SHOTS_A_RIG === SHOTS_A_RIG - 1) {
      close(rig);
      rig = await freshRig();
    }
    const random = seededRandom(seed + nth);
    const begun = performance.now();
    const { name, findings } =
      nth % 2 === 0 ? await pullDamaged(rig, random, nth) : await sendDamaged(rig, random, nth);
    const took = performance.now() - begun;
    wrong.push(...findings.map((what) => `seed ${seed + nth}, ${name}: ${what}`));
    if (took > SLOW_MS) wrong.push(`seed ${seed + nth}, ${name}: took ${took.toFixed(0)} ms`);
    hits.set(name, (hits.get(name) ?? 0) + 1);
  }
  close(rig);
  Bun.gc(true);
  const grown = process.memoryUsage().rss - before;
  if (grown > GROWTH_MAX_BYTES) wrong.push(`the rig grew by ${Math.round(grown / 2 ** 20)} MiB`);
  return { wrong, hits };
}

async function freshRig(): Promise<Rig> {
  const rig = openRig();
  publish(rig, ...Array.from({ length: EPISODES }, (_, nth) => episode(nth, 0)));
  await rig.sync.syncOnce();
  return rig;
}

function close({ queue, store }: Rig): void {
  queue.close();
  store.close();
}

function openRig(): Rig {
  const hub = playedHub();
  const context = rigContext({ settings: { data_dir: scratchFolder(), queue_max_events: 100_000 } });
  const net: Net = {
    send(request, deadlineMs) {
      const onward = (): Promise<NetReply> => hub.net.send(request, deadlineMs);
      return rig.between?.(request, onward) ?? onward();
    },
  };
  const client = createClient({ ...context, net });
  const queue = openSpokeQueue(context);
  const store = openSpokeLibrary(context);
  const mirror = openMirror(store, () => {});
  const sync = createLibrarySync(context, { source: client, store, follower: mirror });
  const round = createUploadRound(queue, client);
  const published = new Map<string, FleetEpisode>();
  const rig: Rig = { hub, queue, store, mirror, sync, round, client, published, between: undefined };
  return rig;
}

function episode(nth: number, told: number): FleetEpisode {
  return anEpisode({ timestamp: 1_794_000_000 + nth, resolution_summary: `told ${told}`, score: (nth % 10) / 10 });
}

function publish({ hub, published }: Rig, ...episodes: readonly FleetEpisode[]): void {
  hub.library.put(...episodes);
  for (const each of episodes) published.set(each.id, each);
}

interface Shot {
  readonly name: string;
  readonly findings: readonly string[];
}

/** On the wire nothing of a damaged reply may be taken; a reply that is wrong in itself may teach no lasting untruth. */
async function pullDamaged(rig: Rig, random: Random, nth: number): Promise<Shot> {
  if (nth % CHANGE_EVERY === 0) publish(rig, episode(random.u32() % EPISODES, nth));
  if (random.u32() % 3 === 0) rig.store.forgetCursor();
  const onTheWire = random.u32() % 2 === 0;
  const before = libraryOf(rig.store);
  const wanted = digests([...rig.published.values()]);
  let hit = false;
  rig.between = async (_request, onward) => {
    const reply = await onward();
    hit = true;
    return onTheWire ? damagedOnTheWire(reply, random) : damagedInItself(reply, random);
  };
  await rig.sync.syncOnce().catch(() => {});
  rig.between = undefined;
  const findings = onTheWire && hit ? untruths(rig, before, wanted) : [];
  const told = rig.mirror.find(QUESTION, 1_794_000_100, 5);
  if (told.hits.some(({ episode: found }) => found.id === ""))
    findings.push("recall told of an episode without a name");
  await rig.sync.syncOnce();
  // What a reply says well and wrongly is believed until the hub says otherwise, or says everything anew.
  if (!onTheWire) rig.store.forgetCursor();
  await rig.sync.syncOnce();
  if (canonicalDigest([...libraryOf(rig.store)]) !== canonicalDigest([...wanted])) {
    findings.push("after good pulls the library is not the hub's");
    rig.store.forgetCursor();
    await rig.sync.syncOnce();
  }
  if (rig.mirror.size !== wanted.size) findings.push(`the mirror has ${rig.mirror.size} of ${wanted.size} episodes`);
  return { name: onTheWire ? "library on the wire" : "library in itself", findings };
}

/** Every row is one that the rig had or the hub has. */
function untruths({ store }: Rig, before: ReadonlyMap<string, string>, wanted: ReadonlyMap<string, string>): string[] {
  const now = libraryOf(store);
  const wrong = [...now].filter(([id, digest]) => before.get(id) !== digest && wanted.get(id) !== digest);
  const gone = [...before.keys()].filter((id) => !now.has(id));
  return [...wrong.map(([id]) => `${id} became what nobody has said`), ...gone.map((id) => `${id} is gone`)];
}

function libraryOf(store: LibraryStore): Map<string, string> {
  return digests([...store.all()]);
}

function digests(episodes: readonly FleetEpisode[]): Map<string, string> {
  const rows = episodes.map((each): [string, string] => [each.id, canonicalDigest(each)]);
  return new Map(rows.toSorted(([left], [right]) => (left < right ? -1 : 1)));
}

function damagedOnTheWire(reply: NetReply, random: Random): NetReply {
  const kind = random.u32() % 8;
  if (kind === 0)
    return {
      ...reply,
      headers: { ...reply.headers, "content-encoding": pick(["gzip", "br", "zstd,zstd", "identity"], random) },
    };
  if (kind === 1)
    return {
      ...reply,
      headers: { ...reply.headers, "content-digest": "sha-256=:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=:" },
    };
  if (kind === 2) return { ...reply, body: zstdBomb(random) };
  if (kind === 3) return signIn(pick([200, 302, 403, 404, 500], random));
  if (kind === 4)
    return { ...reply, status: pick([204, 206, 301, 400, 404, 500, 503], random), body: mutated(reply, random) };
  return { ...reply, body: mutated(reply, random) };
}

function mutated({ body }: NetReply, random: Random): Uint8Array {
  return body.byteLength === 0 ? random.bytes(40) : mutateBytes(body, random, [body]);
}

/** A router's own page. */
function signIn(status: number): NetReply {
  return { status, headers: { "content-type": "text/html" }, body: Buffer.from("<html>please sign in</html>") };
}

/** Well sent, and wrong: what a broken hub or a proxy that writes would send. */
function damagedInItself(reply: NetReply, random: Random): NetReply {
  if (reply.body.byteLength === 0) return reply;
  const zstd = reply.headers["content-encoding"] === "zstd";
  const text = new TextDecoder().decode(zstd ? runtimeZstd.decompress(reply.body, 2 ** 28) : reply.body);
  const wrong = JSON.stringify(mutateJson(JSON.parse(text), random)) ?? "null";
  const body = Buffer.from(random.u32() % 5 === 0 ? oddJson(text, random) : wrong);
  return { ...reply, body: zstd ? runtimeZstd.compress(body) : body };
}

/** Uploads, answers and offers: what the hub did not acknowledge stays, and goes with the next round. */
async function sendDamaged(rig: Rig, random: Random, nth: number): Promise<Shot> {
  const { hub, queue, round } = rig;
  const timestamp = 1_700_000_000 + nth;
  const id = `RIG-1-${timestamp}`;
  queue.enqueue(eventBytes({ timestamp }));
  const patch = { outcome: "Resolved", action_taken: `text ${nth}`, notes: null } as const;
  queue.recordOutcome({ ticketTimestamp: timestamp, acknowledgedAt: timestamp, patch });
  const arrives = random.u32() % 2 === 0;
  const asked = pick(["event", "outcome", "offer"] as const, random);
  rig.between = async (request, onward) => {
    if (askedBy(request) !== asked) return onward();
    return arrives ? damagedAnswer(await onward(), random) : answerOfNobody(random, id);
  };
  await round.run();
  if (asked === "offer") await offer(rig);
  rig.between = undefined;
  const findings: string[] = [];
  const state = queue.stateOf(id);
  if (state === "sent" && !hub.events.includes(id)) findings.push(`${id} is taken for sent, and the hub has it not`);
  if (state === undefined) findings.push(`${id} is gone`);
  queue.retryRefused();
  await round.run();
  await round.run();
  if (!hub.events.includes(id)) findings.push(`${id} never arrived: ${queue.stateOf(id) ?? "gone"}`);
  if (!hub.outcomes.some((outcome) => outcome.id === id)) findings.push(`the answer to ${id} never arrived`);
  hub.events.length = 0;
  hub.outcomes.length = 0;
  return { name: `${asked}${arrives ? "" : " lost"}`, findings };
}

function askedBy({ method, url }: NetRequest): "event" | "outcome" | "offer" {
  if (method === "PATCH") return "outcome";
  return url.endsWith("/offer") ? "offer" : "event";
}

function damagedAnswer(reply: NetReply, random: Random): NetReply {
  return random.u32() % 2 === 0 ? damagedOnTheWire(reply, random) : damagedInItself(reply, random);
}

/** The hub was never reached: a portal, a proxy, or an answer that belongs to another request. */
function answerOfNobody(random: Random, id: string): NetReply {
  const other = id.slice(0, -1) + (id.endsWith("0") ? "1" : "0");
  const json = (status: number, value: unknown): NetReply => ({
    status,
    headers: {},
    body: Buffer.from(JSON.stringify(value)),
  });
  return pick(
    [
      () => signIn(pick([200, 201, 302, 409, 404, 422], random)),
      () => json(201, { id: other, status: "accepted" }),
      () => json(409, { id: other, status: "already_exists" }),
      () => json(200, { id: other }),
      () => json(200, { id: [id], status: "accepted" }),
      () => json(404, { message: "no route" }),
      () => json(409, { id, status: "conflict" }),
      () => json(201, { ids: [id], status: "accepted" }),
      () => json(200, { epoch: 7, wanted: [id], outcomes: null }),
      () => ({ status: 204, headers: {}, body: new Uint8Array() }),
      () => ({ status: 201, headers: { "content-encoding": "zstd" }, body: zstdBomb(random) }),
      () => ({ status: 201, headers: {}, body: Buffer.alloc(60_000, 0x5b) }),
    ],
    random,
  )();
}

async function offer({ client, queue }: Rig): Promise<void> {
  const verdict = await client.offer(queue.offerPage(0, 50).events);
  if (verdict.kind === "answered") queue.sendAgain(verdict.reply.wanted, verdict.reply.outcomes);
}
