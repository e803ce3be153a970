import { zstdDecompressSync } from "node:zlib";
import { contentDigest } from "../../../src/base/digest.ts";
import { isRecord } from "../../../src/base/json.ts";
import { seededRandom, type Random } from "../../../src/base/random.ts";
import { runtimeZstd } from "../../../src/base/zstd.ts";
import { fixtureEvents } from "../../support/fixtures.ts";
import { ADMIN_KEY, openHub, type OpenedHub } from "../../support/hub.ts";
import { MINIMAL_EVENT } from "../../support/minimal-event.ts";
import { canonicalDigest } from "../support/canonical.ts";
import { mutateBytes, mutateJson, oddJson, pick, zstdBomb } from "./mutate.ts";

const RIG = "RIG-1";
/** What the contract lets each route say to a rig. */
const STATUSES: ReadonlySet<number> = new Set([200, 201, 304, 400, 401, 403, 404, 405, 409, 413, 415, 422, 429]);
const SLOW_MS = 3000;
const GROWTH_MAX_BYTES = 400 * 1024 * 1024;

interface Shot {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | undefined;
}

/** Damaged requests against the whole hub, which has to say what is wrong with each and to keep nothing of it. */
export async function shootAtHub(times: number, seed: number): Promise<{ wrong: string[]; hits: Map<string, number> }> {
  const hub = await openHub("server");
  const wrong: string[] = [];
  const hits = new Map<string, number>();
  try {
    const key = await registered(hub);
    const accepted = new Map<string, string>();
    // Inputs that were answered in a way not seen before are worth going on from.
    const corpus: Uint8Array[] = fixtureEvents().slice(0, 20).map(bodyOf);
    corpus.push(bodyOf(MINIMAL_EVENT));
    const seen = new Set<string>();
    const before = process.memoryUsage().rss;
    for (let nth = 0; nth < times; nth++) {
      const shot = shotOf(seededRandom(seed + nth), key, corpus);
      const begun = performance.now();
      const reply = await hub.app.handle(new Request(`http://localhost${shot.path}`, requestOf(shot)));
      const text = await reply.text();
      const took = performance.now() - begun;
      const named = `seed ${seed + nth}, ${shot.method} ${shot.path.slice(0, 60)}`;
      if (!STATUSES.has(reply.status)) wrong.push(`${named}: answered ${reply.status} ${text.slice(0, 200)}`);
      if (reply.status >= 400 && !saysWhy(text))
        wrong.push(`${named}: ${reply.status} says nothing: ${text.slice(0, 100)}`);
      if (took > SLOW_MS) wrong.push(`${named}: took ${took.toFixed(0)} ms`);
      if (reply.status === 201 && shot.path === "/api/fleet/events") note(accepted, shot);
      const signature = `${reply.status} ${text.replaceAll(/\d+|"[^"]*"/g, "").slice(0, 80)}`;
      if (!seen.has(signature) && shot.body !== undefined && shot.body.byteLength < 100_000) corpus.push(shot.body);
      seen.add(signature);
      hits.set(`hub ${reply.status}`, (hits.get(`hub ${reply.status}`) ?? 0) + 1);
    }
    Bun.gc(true);
    const grown = process.memoryUsage().rss - before;
    if (grown > GROWTH_MAX_BYTES) wrong.push(`the hub grew by ${Math.round(grown / 2 ** 20)} MiB`);
    wrong.push(...(await storedFindings(hub, accepted)));
    if (accepted.size === 0) wrong.push("nothing was ever accepted, so nothing was tried");
  } finally {
    await hub.close();
  }
  return { wrong, hits };
}

async function registered(hub: OpenedHub): Promise<string> {
  const reply = await hub.app.handle(
    new Request("http://localhost/api/fleet/rigs/register", {
      method: "POST",
      headers: { Authorization: `Bearer ${ADMIN_KEY}`, "Content-Type": "application/json" },
      body: JSON.stringify({ rig_id: RIG, well_id: "W-1", field: "F" }),
    }),
  );
  return ((await reply.json()) as { api_key: string }).api_key;
}

function bodyOf(event: object): Uint8Array {
  return Buffer.from(JSON.stringify(event));
}

function requestOf({ method, headers, body }: Shot): RequestInit {
  return { method, headers, ...(body === undefined ? {} : { body: Buffer.from(body) }) };
}

function saysWhy(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return isRecord(value) && typeof value["error"] === "string" && value["error"].length > 5 && text.length < 3000;
  } catch {
    return false;
  }
}

function shotOf(random: Random, key: string, corpus: readonly Uint8Array[]): Shot {
  const kind = random.u32() % 10;
  if (kind < 6) return upload(random, key, corpus);
  const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
  const json = (path: string, value: unknown, method = "POST"): Shot => {
    const text = JSON.stringify(mutateJson(value, random));
    const whole = Buffer.from(random.u32() % 4 === 0 ? oddJson(text, random) : text);
    return { method, path, headers, body: random.u32() % 3 === 0 ? mutateBytes(whole, random, corpus) : whole };
  };
  if (kind === 6) return json(`/api/fleet/events/${RIG}-1794000000/outcome`, PATCH, "PATCH");
  if (kind === 7) return json("/api/fleet/events/offer", OFFER);
  if (kind === 8)
    return json("/api/fleet/enroll", { code: "ABCDEFGHJKMNPQRSTUVWXYZ234", rig_id: RIG, public_key: "x" });
  const query = mutateBytes(Buffer.from("since=3&limit=200&epoch=a&page=eyJ"), random, corpus);
  const search = [...query].map((byte) => (byte > 32 && byte < 127 ? String.fromCharCode(byte) : encodeByte(byte)));
  return { method: "GET", path: `/api/fleet/library?${search.join("").replaceAll("#", "")}`, headers, body: undefined };
}

function encodeByte(byte: number): string {
  return `%${byte.toString(16).padStart(2, "0")}`;
}

const PATCH = {
  outcome: "Resolved",
  action_taken: "shut_in",
  notes: "well static",
  given_by: "driller",
  given_at: 1_794_000_000,
};
const OFFER = {
  events: [
    { id: `${RIG}-1794000000`, digest: "A".repeat(43), outcome: "B".repeat(22) },
    { id: `${RIG}-1794000001`, digest: "C".repeat(43) },
  ],
};

/** Damaged as JSON, as bytes before or after compression, or as a header that does not fit. */
function upload(random: Random, key: string, corpus: readonly Uint8Array[]): Shot {
  const plain = damagedJson(random, corpus);
  const compressed = random.u32() % 3 > 0;
  let body = compressed ? runtimeZstd.compress(plain) : plain;
  if (random.u32() % 12 === 0) body = zstdBomb(random);
  else if (random.u32() % 3 === 0) body = mutateBytes(body, random, corpus);
  const digest = random.u32() % 8;
  const headers: Record<string, string> = {
    Authorization: `Bearer ${key}`,
    "Content-Type": random.u32() % 30 === 0 ? "text/plain" : "application/json",
    ...(compressed ? { "Content-Encoding": random.u32() % 30 === 0 ? "gzip" : "zstd" } : {}),
    ...(digest === 0
      ? { "Content-Digest": contentDigest(plain) }
      : digest === 1
        ? { "Content-Digest": "sha-256=:x:" }
        : {}),
    ...(random.u32() % 6 === 0
      ? { "X-Rig-Time": "9".repeat(random.u32() % 25), "X-Queue": "events=-1; oldest=x" }
      : {}),
    ...(random.u32() % 6 === 0 ? { "X-Dropped-Events": "-5", "X-Event-Queued": "1e400" } : {}),
  };
  return { method: "POST", path: "/api/fleet/events", headers, body };
}

function damagedJson(random: Random, corpus: readonly Uint8Array[]): Uint8Array {
  const bytes = pick(corpus, random);
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(bytes).toString());
  } catch {
    return bytes;
  }
  const own = isRecord(value) ? ofThisRig(value, random) : value;
  const kind = random.u32() % 6;
  if (kind === 0) return bodyOf(own as object);
  const text = JSON.stringify(mutateJson(own, random)) ?? "null";
  return Buffer.from(kind === 1 ? oddJson(text, random) : text);
}

/** Under a name that was not used yet, most of the time. */
function ofThisRig(event: Record<string, unknown>, random: Random): unknown {
  const timestamp = 1_790_000_000 + (random.u32() % 1_000_000);
  const advisory = isRecord(event["advisory"]) ? { ...event["advisory"], timestamp } : event["advisory"];
  return { ...event, id: `${RIG}-${timestamp}`, rig_id: RIG, timestamp, advisory };
}

function note(accepted: Map<string, string>, { headers, body = new Uint8Array() }: Shot): void {
  const plain = headers["Content-Encoding"] === "zstd" ? zstdDecompressSync(body) : body;
  const event: unknown = JSON.parse(new TextDecoder().decode(plain));
  accepted.set(isRecord(event) ? String(event["id"]) : "", canonicalDigest(event));
}

/** What was accepted is there as it was sent, and nothing else is. */
async function storedFindings({ context }: OpenedHub, accepted: ReadonlyMap<string, string>): Promise<string[]> {
  const rows = await context.sql<{ id: string; frame: Uint8Array; body_bytes: number }[]>`
    select id, frame, body_bytes from events`;
  const wrong = rows.flatMap(({ id, frame, body_bytes }) => {
    const event: unknown = JSON.parse(new TextDecoder().decode(context.zstd.decompress(frame, body_bytes)));
    if (!accepted.has(id)) return [`${id} is stored and was never accepted`];
    return accepted.get(id) === canonicalDigest(event) ? [] : [`${id} is stored as another event`];
  });
  const stored = new Set(rows.map(({ id }) => id));
  return [
    ...wrong,
    ...[...accepted.keys()].filter((id) => !stored.has(id)).map((id) => `${id} was accepted and is gone`),
  ];
}
