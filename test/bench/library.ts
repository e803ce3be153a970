// What serving the library costs: polls that change nothing, small deltas, whole libraries, memory.
// Run: bun test/bench/library.ts
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { MIB } from "../../src/base/limits.ts";
import { enrolRigs, fillLibrary, publish, rigKey } from "../support/episode-rows.ts";
import { testDatabase, type TestDatabase } from "../support/postgres.ts";
import { report } from "./report.ts";

const SMALL = 2_000;
const LARGE = 50_000;
const RIGS = 100;
const CONNECTIONS = 64;
const ROUNDS = 8;
const POLLS = 3_000;
const WHOLES = 4;
const WHOLE_READERS = 2;
const READERS = 8;

async function filled(episodes: number): Promise<TestDatabase> {
  const database = await testDatabase("server");
  const { sql } = database;
  await enrolRigs(
    sql,
    Array.from({ length: RIGS }, (_, at) => `RIG-${at + 1}`),
  );
  await fillLibrary(sql, { episodes, rigs: RIGS });
  await publish(sql, {
    put: Array.from({ length: 10 }, (_, at) => ({ id: `fresh-${at}`, text: `raised mud weight ${at} `.repeat(20) })),
  });
  for (const table of ["episodes", "rigs", "events", "library_versions"]) await sql.unsafe(`vacuum analyze ${table}`);
  return database;
}

interface Server {
  readonly url: string;
  readonly pid: number;
  stop(): void;
}

async function start(databases: readonly TestDatabase[]): Promise<Server> {
  const urls = databases.map(({ url }) => url ?? "");
  const child = Bun.spawn([process.execPath, join(import.meta.dir, "library-server.ts"), ...urls], {
    stdout: "pipe",
    stderr: "inherit",
  });
  for await (const chunk of child.stdout) {
    const port = Number(new TextDecoder().decode(chunk));
    return { url: `http://127.0.0.1:${port}`, pid: child.pid, stop: () => child.kill() };
  }
  throw new Error("the benchmark's server did not start");
}

async function get(url: string, { rig = 2, method = "GET" } = {}): Promise<{ status: number; bytes: number }> {
  const headers = { authorization: `Bearer ${rigKey(`RIG-${rig}`)}` };
  const response = await fetch(url, { method, headers, decompress: false });
  return { status: response.status, bytes: (await response.arrayBuffer()).byteLength };
}

/** Replies a second; every reply must have the status. */
async function rate(url: string, count: number, status: number): Promise<number> {
  let next = 0;
  const started = performance.now();
  const worker = async (at: number): Promise<void> => {
    while (next++ < count) {
      const reply = await get(url, { rig: (at % (RIGS - 1)) + 2 });
      if (reply.status !== status) throw new Error(`${url} answered ${reply.status}`);
    }
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, at) => worker(at)));
  return (count / (performance.now() - started)) * 1000;
}

/** Two rigs at once: one alone would mostly measure how long a statement waits for a busy processor. */
async function bytesPerSecond(url: string): Promise<number> {
  const started = performance.now();
  let bytes = 0;
  const worker = async (rig: number): Promise<void> => {
    for (let at = 0; at < WHOLES; at++) bytes += await drained(url, rig);
  };
  await Promise.all(Array.from({ length: WHOLE_READERS }, (_, at) => worker(at + 2)));
  return (bytes / (performance.now() - started)) * 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
}

/** The median of the rounds' own ratios: both sides of a round see the same machine. */
async function compared(rounds: number, left: () => Promise<number>, right: () => Promise<number>) {
  await left();
  await right();
  const pairs: [number, number][] = [];
  for (let round = 0; round < rounds; round++) {
    // Whoever comes second finds warmer caches and a larger heap, so they take turns.
    const first = round % 2 === 0 ? await left() : await right();
    const second = round % 2 === 0 ? await right() : await left();
    pairs.push(round % 2 === 0 ? [first, second] : [second, first]);
  }
  return {
    left: median(pairs.map(([value]) => value)),
    right: median(pairs.map(([, value]) => value)),
    ratio: median(pairs.map(([ours, theirs]) => ours / theirs)),
  };
}

function residentBytes(pid: number): number {
  const kib = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
  return Number(kib) * 1024;
}

/** The most that a fresh hub takes above what it took for polls: first for one whole reply, then for eight at once. */
async function memoryAboveIdle(database: TestDatabase, query: string): Promise<{ one: number; many: number }> {
  const server = await start([database]);
  for (let at = 0; at < 50; at++) await get(`${server.url}/0?since=2`);
  const idle = residentBytes(server.pid);
  let most = idle;
  const sampler = setInterval(() => (most = Math.max(most, residentBytes(server.pid))), 10);
  await drained(`${server.url}/0${query}`, 1);
  const one = most - idle;
  await Promise.all(Array.from({ length: READERS }, (_, at) => drained(`${server.url}/0${query}`, at + 1)));
  clearInterval(sampler);
  server.stop();
  return { one, many: most - idle };
}

/** Reads and drops: what a rig does with the bytes is its own time. */
async function drained(url: string, rig: number): Promise<number> {
  const headers = { authorization: `Bearer ${rigKey(`RIG-${rig}`)}` };
  const response = await fetch(url, { headers, decompress: false });
  let bytes = 0;
  for await (const chunk of response.body ?? []) bytes += chunk.byteLength;
  return bytes;
}

const [small, large] = [await filled(SMALL), await filled(LARGE)];
const server = await start([small, large]);
const at = (path: string) => `${server.url}${path}`;

const polls = await compared(
  ROUNDS,
  () => rate(at("/1?since=2"), POLLS, 304),
  () => rate(at("/0?since=2"), POLLS, 304),
);
await get(at("/1?since=1"), { method: "POST" });
const deltas = await compared(
  ROUNDS,
  () => rate(at("/1?since=1"), POLLS, 200),
  () => rate(at("/kept?since=1"), POLLS, 200),
);
await get(at("/1?all=1"), { method: "POST" });
const wholeBytes = (await get(at("/kept?all=1"))).bytes;
const wholes = await compared(
  ROUNDS,
  () => bytesPerSecond(at("/1?all=1")),
  () => bytesPerSecond(at("/kept?all=1")),
);
server.stop();
const compressed = await memoryAboveIdle(large, "?all=1");
const plain = await memoryAboveIdle(large, "?plain=1");
await Promise.all([small.close(), large.close()]);

process.exit(
  report([
    { name: `304 polls at ${LARGE} episodes`, value: polls.left, unit: "/s" },
    { name: `304 polls: rate at ${LARGE} ÷ at ${SMALL} episodes`, value: polls.ratio, unit: "×", atLeast: 0.9 },
    { name: "deltas of 10 with key check and sync log", value: deltas.left, unit: "/s" },
    { name: "deltas of 10 ÷ the same reply from memory", value: deltas.ratio, unit: "×", atLeast: 0.1 },
    { name: `whole library of ${LARGE}`, value: wholeBytes / MIB, unit: "MiB" },
    { name: "whole library, throughput", value: wholes.left / MIB, unit: "MiB/s" },
    { name: "whole library ÷ a static reply of the same bytes", value: wholes.ratio, unit: "×", atLeast: 0.5 },
    { name: "memory above idle, whole reply, zstd", value: compressed.one / MIB, unit: "MiB", atMost: 50 },
    { name: "memory above idle, whole reply, plain", value: plain.one / MIB, unit: "MiB", atMost: 50 },
    { name: `memory above idle, ${READERS} at once, zstd`, value: compressed.many / MIB, unit: "MiB" },
    { name: `memory above idle, ${READERS} at once, plain`, value: plain.many / MIB, unit: "MiB" },
  ]),
);
