// Uploads over HTTP, 64 connections, against the same replies without a database: `npx bun test/bench/ingest.ts`.
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/base/clock.ts";
import { silentLog } from "../../src/base/log.ts";
import { systemRandom } from "../../src/base/random.ts";
import { openZstd } from "../../src/base/zstd-native.ts";
import { createIngest, GROUP_MAX } from "../../src/domain/ingest.ts";
import { createLibrary } from "../../src/domain/library.ts";
import { createCurator } from "../../src/domain/curation/curator.ts";
import { registerRig } from "../../src/domain/rigs.ts";
import { newReadiness } from "../../src/domain/readiness.ts";
import { createApp } from "../../src/http/app.ts";
import { createMetrics } from "../../src/http/metrics.ts";
import { serve } from "../../src/http/server.ts";
import { decodeEvent, encodeEvent } from "../../src/wire/codec.ts";
import type { FleetEvent } from "../../src/wire/event.ts";
import { testContext } from "../support/context.ts";
import { fixtureEvents } from "../support/fixtures.ts";
import { testDatabase, type Engine } from "../support/postgres.ts";
import { report, type Figure } from "./report.ts";

const CONNECTIONS = 64;
const EVENTS = 3000;
const RIG = "RIG-BENCH";
const zstd = await openZstd();
const bodies = eventBodies(EVENTS);

/** Real events, renamed: a second apart on one rig. */
function eventBodies(count: number): Buffer<ArrayBuffer>[] {
  const real = fixtureEvents();
  return Array.from({ length: count }, (_, at) => {
    const model = real[at % real.length] as FleetEvent;
    const timestamp = 1_794_000_000 + at;
    const event = {
      ...model,
      id: `${RIG}-${timestamp}`,
      rig_id: RIG,
      timestamp,
      advisory: { ...model.advisory, timestamp },
    };
    return Buffer.from(zstd.compress(encodeEvent(event)));
  });
}

/** Uploads a second; every reply must have the status. */
async function uploadRate(url: string, key: string, status: number): Promise<number> {
  let next = 0;
  const started = performance.now();
  const clients = Array.from({ length: CONNECTIONS }, async () => {
    for (let at = next++; at < bodies.length; at = next++) {
      const body = bodies[at];
      if (body === undefined) return;
      const headers = {
        Authorization: `Bearer ${key}`,
        "Content-Type": "application/json",
        "Content-Encoding": "zstd",
      };
      const reply = await fetch(url, { method: "POST", headers, body });
      await reply.arrayBuffer();
      if (reply.status !== status) throw new Error(`an upload answered ${reply.status} instead of ${status}`);
    }
  });
  await Promise.all(clients);
  return bodies.length / ((performance.now() - started) / 1000);
}

async function withoutDatabase(): Promise<number> {
  const server = Bun.serve({
    port: 0,
    async fetch(request) {
      const event = decodeEvent(zstd.decompress(new Uint8Array(await request.arrayBuffer()), 10_000_000));
      return Response.json({ id: event.id, status: "accepted" }, { status: 201 });
    },
  });
  const rate = await uploadRate(`http://localhost:${server.port}/`, "none", 201);
  await server.stop(true);
  return rate;
}

async function withDatabase(engine: Engine): Promise<number> {
  const database = await testDatabase(engine);
  const context = { ...testContext(database.sql), clock: systemClock, random: systemRandom, log: silentLog, zstd };
  const { api_key } = await registerRig(
    context,
    { rig_id: RIG, well_id: "W", field: "F" },
    { name: "bench", address: "local" },
  );
  const [curator, ingest] = [createCurator(context), createIngest(context)];
  const library = createLibrary(context, join(database.dataDir, "cache"));
  const app = await createApp({
    context,
    ingest,
    library,
    curator,
    metrics: createMetrics("bench"),
    readiness: newReadiness(),
    version: "bench",
  });
  const server = serve(app, { hostname: "127.0.0.1", port: 0 }, context.settings.max_payload_bytes, systemClock);
  const rate = await uploadRate(`${server.url}/api/fleet/events`, api_key, 201);
  await server.drain(1000);
  await library.close();
  await database.close();
  return rate;
}

/** Groups a second that the disk can make durable: writes of a full group's bytes, each with fdatasync. */
function fdatasyncProbe(): number {
  const folder = mkdtempSync(join(tmpdir(), "fleet-probe-"));
  const file = openSync(join(folder, "probe"), "w");
  const group = Buffer.concat(bodies.slice(0, GROUP_MAX));
  const rounds = 100;
  const started = performance.now();
  for (let round = 0; round < rounds; round++) {
    writeSync(file, group);
    fdatasyncSync(file);
  }
  const took = (performance.now() - started) / 1000;
  closeSync(file);
  rmSync(folder, { recursive: true });
  return (rounds / took) * GROUP_MAX;
}

const peer = await withoutDatabase();
const onServer = await withDatabase("server");
const embedded = await withDatabase("embedded");
const probe = fdatasyncProbe();
const figures: Figure[] = [
  { name: "decode and check over HTTP, no database", value: peer, unit: "events/s" },
  { name: "ingest on PostgreSQL", value: onServer, unit: "events/s" },
  { name: "ingest on PostgreSQL / no database", value: onServer / peer, unit: "×", atLeast: 0.5 },
  { name: "ingest on the embedded database", value: embedded, unit: "events/s" },
  { name: "fdatasync probe, groups of 32", value: probe, unit: "events/s" },
  { name: "ingest on the embedded database / probe", value: embedded / probe, unit: "×", atLeast: 0.3 },
];
process.exit(report(figures));
