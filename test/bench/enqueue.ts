// The rig's queue against what its disk can do: `npx bun test/bench/enqueue.ts`.
import { Database } from "bun:sqlite";
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { assert } from "../../src/base/assert.ts";
import { systemClock } from "../../src/base/clock.ts";
import { MIB } from "../../src/base/limits.ts";
import { silentLog } from "../../src/base/log.ts";
import { runtimeZstd } from "../../src/base/zstd.ts";
import { encodeEvent } from "../../src/wire/codec.ts";
import { FILES_A_COMMIT } from "../../spoke/queue-folder.ts";
import { openQueue, type Queue } from "../../spoke/queue/queue.ts";
import { fixtureEvents } from "../support/fixtures.ts";
import { report, type Figure } from "./report.ts";

/** Short rounds in turn, so that whatever else the machine does falls on all of them. */
const ROUNDS = 41;
const EVENTS_A_ROUND = 40;
const LIMITS = { maxEvents: 1_000_000, maxBytes: 1024 * MIB };

interface Contender {
  readonly name: string;
  take(bodies: readonly Uint8Array[]): void;
  close(): void;
}

/** Real events, renamed: each a second later, so that none is known. */
function bodiesOf(round: number): Uint8Array[] {
  return Array.from({ length: EVENTS_A_ROUND }, (_, at) => {
    const serial = round * EVENTS_A_ROUND + at;
    const timestamp = 1_794_000_000 + serial;
    const model = real[serial % real.length];
    assert(model !== undefined, "there are fixtures");
    const advisory = { ...model.advisory, timestamp };
    return encodeEvent({ ...model, rig_id: "RIG-1", id: `RIG-1-${timestamp}`, timestamp, advisory });
  });
}

function queueContender(name: string, take: (queue: Queue, bodies: readonly Uint8Array[]) => void): Contender {
  const deps = { clock: systemClock, log: silentLog, rigId: "RIG-1", limits: LIMITS };
  const queue = openQueue(join(folder, `${name}.sqlite`), deps);
  return { name, take: (bodies) => take(queue, bodies), close: () => queue.close() };
}

/** What SQLite costs alone: the same bytes under the same id, one commit each, synced. */
function bareContender(name: string, stored: (body: Uint8Array) => Uint8Array): Contender {
  const db = new Database(join(folder, `${name}.sqlite`));
  db.run("pragma journal_mode = wal");
  db.run("pragma synchronous = full");
  db.run("create table events (id text primary key, body blob not null)");
  const insert = db.query("insert into events (id, body) values (?, ?)");
  let serial = 0;
  return {
    name,
    take(bodies) {
      for (const body of bodies) insert.run(`RIG-1-${1_794_000_000 + serial++}`, stored(body));
    },
    close: () => db.close(),
  };
}

function probeContender(name: string): Contender {
  const fd = openSync(join(folder, name), "w");
  return {
    name,
    take(bodies) {
      for (const body of bodies) {
        writeSync(fd, body);
        fdatasyncSync(fd);
      }
    },
    close: () => closeSync(fd),
  };
}

function inTens(queue: Queue, bodies: readonly Uint8Array[]): void {
  for (let at = 0; at < bodies.length; at += FILES_A_COMMIT) queue.enqueueMany(bodies.slice(at, at + FILES_A_COMMIT));
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? Number.NaN;
}

const real = fixtureEvents();
const folder = mkdtempSync(join(tmpdir(), "fleet-bench-enqueue-"));
const enqueue = queueContender("enqueue", (queue, bodies) => bodies.forEach((body) => queue.enqueue(body)));
const folderTens = queueContender("tens", inTens);
const bare = bareContender("bare", (body) => body);
const bareFrame = bareContender("bare-frame", (body) => frames.get(body) ?? body);
const probe = probeContender("probe");
const contenders = [enqueue, bare, bareFrame, probe, folderTens];
const frames = new Map<Uint8Array, Uint8Array>();
const micros = new Map<Contender, number[]>(contenders.map((contender) => [contender, []]));

for (let round = 0; round < ROUNDS; round++) {
  const bodies = bodiesOf(round);
  frames.clear();
  for (const body of bodies) frames.set(body, runtimeZstd.compress(body, 1));
  for (const contender of contenders) {
    const started = performance.now();
    contender.take(bodies);
    micros.get(contender)?.push(((performance.now() - started) * 1000) / bodies.length);
  }
}
for (const contender of contenders) contender.close();
rmSync(folder, { recursive: true });

const cost = (contender: Contender): number => median(micros.get(contender) ?? []);
/** Of each round, as the disk of one round is not that of the next. */
const ratio = (of: Contender, to: Contender): number =>
  median((micros.get(of) ?? []).map((value, round) => (micros.get(to)?.[round] ?? Number.NaN) / value));
const rate = (contender: Contender): number => 1_000_000 / cost(contender);

const figures: Figure[] = [
  { name: "enqueue", value: rate(enqueue), unit: "/s" },
  { name: "bare SQLite insert of the same bytes", value: rate(bare), unit: "/s" },
  { name: "bare SQLite insert of the compressed bytes", value: rate(bareFrame), unit: "/s" },
  { name: "fdatasync probe, the same bytes appended", value: rate(probe), unit: "/s" },
  { name: "folder files, ten a commit", value: rate(folderTens), unit: "/s" },
  { name: "enqueue : bare insert", value: ratio(enqueue, bare), unit: "", atLeast: 0.8 },
  { name: "enqueue : fdatasync probe", value: ratio(enqueue, probe), unit: "", atLeast: 0.35 },
  { name: "ten a commit : enqueue", value: ratio(folderTens, enqueue), unit: "", atLeast: 1.3 },
];
process.exit(report(figures));
