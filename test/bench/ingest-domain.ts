// Uploads a second through the domain, without HTTP: 64 at once, each decoded, checked and stored, beside the same
// decoding and checking without a database. Run: bun test/bench/ingest-domain.ts [uploads]
import { closeSync, fdatasyncSync, mkdtempSync, openSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { EVENT_JSON_MAX } from "../../src/base/limits.ts";
import { createIngest, GROUP_MAX } from "../../src/domain/ingest.ts";
import { decodeEvent, encodeEvent } from "../../src/wire/codec.ts";
import { testContext, type TestContext } from "../support/context.ts";
import { enrolRig, type EnrolledRig } from "../support/domain-hub.ts";
import { fixtureEvents } from "../support/fixtures.ts";
import { engines, testDatabase, type Engine } from "../support/postgres.ts";

const CONNECTIONS = 64;
const RIGS = 8;
const ROUNDS = 3;
const uploads = Number(process.argv[2] ?? 4_000);

interface Body {
  readonly rig: string;
  readonly frame: Uint8Array;
}

/** Distinct events of the fixtures' sizes; ids are numbered so that none repeats in any round. */
function bodies(context: TestContext, round: number): Body[] {
  const events = fixtureEvents();
  return Array.from({ length: uploads }, (_, at) => {
    const event = events[at % events.length];
    if (event === undefined) throw new Error("there are no fixtures");
    const rig = `BENCH-${round}-${Math.floor(at / events.length)}-${at % RIGS}`;
    const id = `${rig}-${event.timestamp}-${(at % events.length) + 1}`;
    return { rig, frame: context.zstd.compress(encodeEvent({ ...event, id, rig_id: rig })) };
  });
}

async function rate(list: readonly Body[], each: (body: Body) => Promise<void>): Promise<number> {
  let next = 0;
  const started = performance.now();
  const worker = async (): Promise<void> => {
    for (let body = list[next++]; body !== undefined; body = list[next++]) await each(body);
  };
  await Promise.all(Array.from({ length: CONNECTIONS }, worker));
  return (list.length / (performance.now() - started)) * 1000;
}

function decode(context: TestContext, frame: Uint8Array) {
  const json = context.zstd.decompress(frame, EVENT_JSON_MAX);
  return { json, frame, event: decodeEvent(json) };
}

async function measure(engine: Engine): Promise<void> {
  const database = await testDatabase(engine);
  const context = testContext(database.sql);
  const ingest = createIngest(context);
  try {
    for (let round = 0; round < ROUNDS; round++) {
      const list = bodies(context, round);
      const rigs = new Map<string, EnrolledRig>();
      for (const { rig } of list) if (!rigs.has(rig)) rigs.set(rig, await enrolRig(context, rig));
      const alone = await rate(list, async ({ frame }) => void decode(context, frame));
      let accepted = 0;
      const stored = await rate(list, async ({ rig, frame }) => {
        const identity = rigs.get(rig)?.identity;
        if (identity === undefined) throw new Error(`${rig} is not enrolled`);
        const result = await ingest.accept({ rig: identity, ...decode(context, frame) });
        if (result.status === "accepted") accepted++;
      });
      const probe = fdatasyncs();
      console.log(
        `${engine} round ${round + 1}: ${accepted} of ${list.length} accepted, ${stored.toFixed(0)}/s stored, ` +
          `${alone.toFixed(0)}/s decoded and checked alone, ratio ${(stored / alone).toFixed(2)}; ` +
          `${probe.toFixed(0)} fdatasync/s of a group's bytes, ratio ${(stored / probe).toFixed(2)}`,
      );
    }
  } finally {
    await database.close();
  }
}

/** Commits a second that the disk allows for a group's bytes. */
function fdatasyncs(): number {
  const directory = mkdtempSync(join(tmpdir(), "fleet-probe-"));
  const file = openSync(join(directory, "probe"), "w");
  const block = Buffer.alloc(GROUP_MAX * 16 * 1024, 1);
  let count = 0;
  const started = performance.now();
  while (performance.now() - started < 500) {
    writeSync(file, block, 0, block.length, 0);
    fdatasyncSync(file);
    count++;
  }
  const rateS = (count / (performance.now() - started)) * 1000;
  closeSync(file);
  rmSync(directory, { recursive: true });
  return rateS;
}

for (const engine of engines) await measure(engine);
process.exit(0);
