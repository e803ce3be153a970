import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newAdminKey } from "../../src/base/api-key.ts";
import { systemClock } from "../../src/base/clock.ts";
import { silentLog } from "../../src/base/log.ts";
import { seededRandom, systemRandom } from "../../src/base/random.ts";
import { openZstd } from "../../src/base/zstd-native.ts";
import { openDatabase } from "../../src/db/connect.ts";
import { migrate } from "../../src/db/migrate.ts";
import type { FleetEvent } from "../../src/wire/event.ts";
import { DEMO_PLACES } from "./demo-fleet.ts";
import { readDemoEvents, type DemoEvents } from "./fixtures.ts";
import { hubDirectory, startFleet, type DemoFleet } from "./fleet.ts";
import { movedInTime } from "./moved.ts";
import type { DemoOptions } from "./options.ts";
import { seedDemo, type SeededDemo } from "./seed-demo.ts";
import { duration, tellStory } from "./story.ts";

const FEED_EVERY_MS = 20_000;
const HUB_PORT = 8080;
/** Rigs that run here, with spokes of their own. */
const LIVE = ["RIG-ALPHA-7", "DEEPWELL-3", "NORD-STAR"] as const;
/** Left to the live story: its rig is the first of the fleet to meet one. */
const STORY_SITUATION = "Kick";
/** A check needs a past, and no more of it than takes seconds. */
const DAYS_ONCE = 7;
const SEED = 20_261_125;

const say = (line: string): void => console.log(line);

/** A past of weeks, a live story, and then a fleet to look at until Ctrl-C. Returns the exit code. */
export async function playDemo({ once, made }: Pick<DemoOptions, "once" | "made">): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "fleet-hub-demo-"));
  process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
  const started = performance.now();
  say("Demo data: events of simulated wells that real rig software wrote, moved in time; nothing of it happened.");
  const { keys, events: told } = await seedPast(folder, once);
  say(`${told} events of ${DEMO_PLACES.length} rigs were played in ${duration(performance.now() - started)}`);
  const adminKey = newAdminKey(systemRandom);
  const fleet = await startFleet({ folder, hubPort: once ? 0 : HUB_PORT, adminKey, keys, live: LIVE, made });
  say(`hub and ${LIVE.length} rigs are up after ${duration(performance.now() - started)}`);
  const events = readDemoEvents();
  const steps = await story(fleet, adminKey, events);
  if (once) return finish(fleet, steps, performance.now() - started);
  await stayUp(fleet, adminKey, events);
  await fleet.stop();
  return 0;
}

/** Keys are the system's randomness, the past is the same each time. */
async function seedPast(folder: string, once: boolean): Promise<SeededDemo> {
  const dataDir = hubDirectory(folder);
  const database = await openDatabase({ dataDir, pool: 1, prepare: true, log: silentLog, clock: systemClock });
  try {
    await migrate(database);
    // After a crash the demo is played again: nothing of it is worth waiting for the disk. There is one connection.
    await database.sql`set synchronous_commit = off`;
    const random = { ...seededRandom(SEED), bytes: (length: number) => systemRandom.bytes(length) };
    const days = once ? { days: DAYS_ONCE } : {};
    const { sql } = database;
    const untold = new Set([STORY_SITUATION]);
    return await seedDemo({
      sql,
      zstd: await openZstd(),
      clock: systemClock,
      random,
      cacheDir: folder,
      untold,
      ...days,
    });
  } finally {
    await database.close();
  }
}

async function story(fleet: DemoFleet, adminKey: string, events: DemoEvents): Promise<number> {
  const [first, second] = fleet.rigs;
  if (first === undefined || second === undefined) throw new Error("two rigs were expected");
  const nowS = Math.floor(systemClock.now() / 1000);
  const kicks = events.inSituation(second.rigId, STORY_SITUATION);
  const steps = await tellStory({
    hubUrl: fleet.hub.url,
    adminKey,
    first,
    second,
    event: movedInTime(events.inSituation(first.rigId, STORY_SITUATION)[0], { second: nowS - 60 }),
    // A kick that has come on: the earliest packets of one look like any drilling.
    like: movedInTime(kicks.at(-1) ?? kicks[0], { second: nowS }),
    say,
  });
  return steps.length;
}

async function finish(fleet: DemoFleet, steps: number, took: number): Promise<number> {
  const codes = await fleet.stop();
  if (codes.some((code) => code !== 0)) {
    console.error(`\nFAILED: step "every process stops cleanly": exit codes ${codes.join(", ")}`);
    return 1;
  }
  say(`\nall ${steps + 1} steps passed in ${duration(took)}; every process stopped with 0`);
  return 0;
}

/** Feeds on at a human pace until Ctrl-C. */
async function stayUp(fleet: DemoFleet, adminKey: string, events: DemoEvents): Promise<void> {
  say(`\nThe hub stays up at ${fleet.hub.url}: log in with the admin key ${adminKey}`);
  say("An event every 20 s follows. Ctrl-C ends the demo and deletes its data.\n");
  const stopped = Promise.withResolvers<void>();
  process.once("SIGINT", stopped.resolve);
  process.once("SIGTERM", stopped.resolve);
  const feeds = fleet.rigs.flatMap((rig) => events.of(rig.rigId).map((event) => ({ rig, event })));
  feeds.sort((left, right) => left.event.timestamp - right.event.timestamp);
  for (const { rig, event } of feeds) {
    const ended = await Promise.race([stopped.promise.then(() => true), Bun.sleep(FEED_EVERY_MS).then(() => false)]);
    if (ended) return;
    const fresh: FleetEvent = movedInTime(event, { second: Math.floor(systemClock.now() / 1000) });
    const { status } = await rig.side.enqueue(fresh);
    say(`${rig.rigId}: ${event.advisory.risk_level} at ${event.depth?.toFixed(0) ?? "?"} ft ${status}`);
  }
  await stopped.promise;
}
