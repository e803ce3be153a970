// What deploy/scale costs and carries: one hub and two behind the balancer, with and without waiting for the standby's
// disk, bytes on the link and in the database, memory: `npx bun test/bench/scale.ts [events]`. As root.
import { readFileSync } from "node:fs";
import { openZstd } from "../../src/base/zstd-native.ts";
import { encodeEvent } from "../../src/wire/codec.ts";
import type { FleetEvent } from "../../src/wire/event.ts";
import { fixtureEvents } from "../support/fixtures.ts";
import { openScaleLab, scaleProblem, type ScaleLab } from "../ops/scale/lab.ts";
import { register } from "../ops/scale/rigs.ts";

const EVENTS = Number(process.argv[2] ?? 1000);
const CONNECTIONS = 32;
const RIGS = 8;
const APART_S = 700;

const problem = await scaleProblem();
if (problem !== undefined) {
  process.stdout.write(`${problem}\n`);
  process.exit(0);
}
const zstd = await openZstd();
const models = fixtureEvents();
const lab = await openScaleLab("--hubs", "2", "--curators", "1");
const keys = new Map<string, string>();
for (let rig = 1; rig <= RIGS; rig++) keys.set(`RIG-${rig}`, await register(lab.url, lab.adminKey, `RIG-${rig}`));
let made = 0;

interface Upload {
  readonly key: string;
  readonly body: Buffer<ArrayBuffer>;
}

function upload(): Upload {
  const rig_id = `RIG-${1 + (made % RIGS)}`;
  const timestamp = 1_700_000_000 + Math.floor(made / RIGS) * APART_S;
  const model = models[made++ % models.length] as FleetEvent;
  const advisory = { ...model.advisory, timestamp };
  const event = { ...model, id: `${rig_id}-${timestamp}`, rig_id, timestamp, advisory };
  return { key: keys.get(rig_id) ?? "", body: Buffer.from(zstd.compress(encodeEvent(event))) };
}

async function send(url: string, { key, body }: Upload): Promise<number> {
  const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json", "Content-Encoding": "zstd" };
  const reply = await fetch(`${url}/api/fleet/events`, { method: "POST", headers, body });
  await reply.arrayBuffer();
  return reply.status;
}

/** Events a second over all connections; refusals of a hub that has its hands full are sent again. */
async function rate(urls: readonly string[], count: number): Promise<{ perSecond: number; again: number }> {
  const bodies = Array.from({ length: count }, upload);
  let [next, again] = [0, 0];
  const started = performance.now();
  const client = async (at: number): Promise<void> => {
    for (let nth = next++; nth < count; nth = next++) {
      for (;;) {
        const status = await send(urls[at % urls.length] ?? "", bodies[nth] as Upload);
        if (status === 201 || status === 409) break;
        if (status < 500 && status !== 429) throw new Error(`an upload answered ${status}`);
        again++;
        await Bun.sleep(20);
      }
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, at) => client(at)));
  return { perSecond: count / ((performance.now() - started) / 1000), again };
}

/** Of uploads one after the other: the median and the 95th of 100, in ms. */
async function latency(url: string, count: number): Promise<[number, number]> {
  const times: number[] = [];
  for (let nth = 0; nth < count; nth++) {
    const one = upload();
    const started = performance.now();
    await send(url, one);
    times.push(performance.now() - started);
  }
  return quantiles(times);
}

function quantiles(times: number[]): [number, number] {
  const sorted = times.toSorted((left, right) => left - right);
  return [sorted[Math.floor(sorted.length / 2)] ?? 0, sorted[Math.floor(sorted.length * 0.95)] ?? 0];
}

async function polls(url: string, count: number): Promise<{ ms: [number, number]; bytes: number }> {
  const key = keys.get("RIG-1") ?? "";
  const headers = { Authorization: `Bearer ${key}` };
  const first = (await (await fetch(`${url}/api/fleet/library?since=0&limit=1`, { headers })).json()) as {
    version: number;
  };
  const times: number[] = [];
  const before = linkBytes();
  for (let nth = 0; nth < count; nth++) {
    const started = performance.now();
    await (await fetch(`${url}/api/fleet/library?since=${first.version}`, { headers })).arrayBuffer();
    times.push(performance.now() - started);
  }
  return { ms: quantiles(times), bytes: (linkBytes() - before) / count };
}

/** Both ways, of the link between rigs and balancer, packets' heads included. */
function linkBytes(): number {
  const count = (which: string): number =>
    Number(readFileSync(`/sys/class/net/${lab.link}/statistics/${which}_bytes`, "utf8"));
  return count("rx") + count("tx");
}

async function databaseBytes(of: ScaleLab): Promise<number> {
  const { sql, close } = await of.open("db1");
  await sql`checkpoint`.catch(() => {});
  const [row] = await sql<{ bytes: number }[]>`select pg_database_size('fleet') as bytes`;
  await close();
  return row?.bytes ?? 0;
}

function say(what: string, value: string): void {
  process.stdout.write(`${what.padEnd(62)} ${value}\n`);
}

const ms = ([median, p95]: [number, number]): string => `${median.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms`;
const perSecond = ({ perSecond: value, again }: { perSecond: number; again: number }): string =>
  `${value.toFixed(0)} events/s${again > 0 ? ` (${again} sent again)` : ""}`;

try {
  const hubs = ["h1", "h2"].map((hub) => `http://${lab.address(hub)}:8080`);
  await rate([lab.url], 100);
  const sizeBefore = await databaseBytes(lab);
  const madeBefore = made;
  for (let round = 1; round <= 2; round++) {
    for (const mode of ["on", "off"]) {
      await lab.database("db1", "sync", mode);
      await Bun.sleep(1500);
      const direct = await latency(hubs[0] ?? "", EVENTS / 10);
      const balanced = await latency(lab.url, EVENTS / 10);
      say(`upload, sync ${mode}, one hub without the balancer`, ms(direct));
      say(`upload, sync ${mode}, through the balancer`, ms(balanced));
      say(`${CONNECTIONS} connections, sync ${mode}, one hub`, perSecond(await rate(hubs.slice(0, 1), EVENTS)));
      say(
        `${CONNECTIONS} connections, sync ${mode}, two hubs behind the balancer`,
        perSecond(await rate([lab.url], EVENTS)),
      );
    }
  }
  const grown = ((await databaseBytes(lab)) - sizeBefore) / (made - madeBefore);
  say("database, an event with its indexes and its episode", `${grown.toFixed(0)} bytes`);
  const link = linkBytes();
  let bodies = 0;
  for (let nth = 0; nth < EVENTS / 10; nth++) {
    const one = upload();
    bodies += one.body.byteLength;
    await send(lab.url, one);
  }
  say("an event's body as sent, mean of the fixtures", `${(bodies / (EVENTS / 10)).toFixed(0)} bytes`);
  say(
    "the link, an event, both ways, heads of packets included",
    `${((linkBytes() - link) / (EVENTS / 10)).toFixed(0)} bytes`,
  );
  const poll = await polls(lab.url, EVENTS / 10);
  say("a poll that finds nothing new", ms(poll.ms));
  say("the link, a poll, both ways", `${poll.bytes.toFixed(0)} bytes`);
  for (const line of lab.memory()) say("memory", line);
} finally {
  await lab.close();
}
process.exit(0);
