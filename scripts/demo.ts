// The main job, end to end, with real processes: `npm run demo`, or `npm run demo -- --once` to check it and stop.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { newAdminKey } from "../src/base/api-key.ts";
import { systemRandom } from "../src/base/random.ts";
import { readDemoEvents, type DemoEvents } from "./demo/fixtures.ts";
import { startFleet, type DemoFleet, type RigPlace } from "./demo/fleet.ts";
import type { Made } from "./demo/process.ts";
import { duration, tellStory } from "./demo/story.ts";

const FEED_EVERY_MS = 20_000;
const HUB_PORT = 8080;
/** What the third rig met before: a precedent has to be picked, not merely found. */
const BACKGROUND_SITUATIONS = ["StickSlip", "HardStringer", "Plugged"];

const once = process.argv.includes("--once");
const made: Made = process.argv.includes("--built") ? "built" : "sources";
const unknown = process.argv.slice(2).find((word) => word !== "--once" && word !== "--built");
if (unknown !== undefined) {
  console.error(
    `unknown flag ${unknown}: use --once (check every step and stop) or --built (the executables of dist/)`,
  );
  process.exit(2);
}

const say = (line: string): void => console.log(line);
const folder = mkdtempSync(join(tmpdir(), "fleet-hub-demo-"));
process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
process.exit(await run());

async function run(): Promise<number> {
  const events = readDemoEvents();
  const places = ["RIG-ALPHA-7", "DEEPWELL-3", "NORD-STAR"].map((rig_id) => {
    const { well_id = "", field = "" } = events.of(rig_id)[0] ?? {};
    return { rig_id, well_id, field };
  });
  try {
    return await tell(events, places);
  } catch (error) {
    console.error(`\nFAILED: ${error instanceof Error ? error.message : String(error)}`);
    return 1;
  }
}

async function tell(events: DemoEvents, places: readonly RigPlace[]): Promise<number> {
  say("Demo data: events of a simulated well that real rig software wrote. Starting a hub and three rigs …");
  const started = performance.now();
  const fleet = await startFleet({
    folder,
    hubPort: once ? 0 : HUB_PORT,
    adminKey: newAdminKey(systemRandom),
    places,
    made,
  });
  say(`hub and ${places.length} rigs are up after ${duration(performance.now() - started)}`);
  const [first, second, third] = fleet.rigs;
  if (first === undefined || second === undefined || third === undefined) throw new Error("three rigs were expected");
  const background = BACKGROUND_SITUATIONS.flatMap((situation) => events.inSituation(third.rigId, situation));
  for (const event of background) await third.side.enqueue(event);
  const steps = await tellStory({
    hubUrl: fleet.hub.url,
    adminKey: fleet.adminKey,
    first,
    second,
    event: events.inSituation(first.rigId, "Kick")[0],
    // A kick that has come on: the earliest packets of one look like any drilling.
    like: events.inSituation(second.rigId, "Kick").at(-1) ?? events.inSituation(second.rigId, "Kick")[0],
    say,
  });
  if (once) return finish(fleet, steps.length, performance.now() - started);
  await stayUp(fleet, events);
  await fleet.stop();
  return 0;
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
async function stayUp(fleet: DemoFleet, events: DemoEvents): Promise<void> {
  say(`\nThe hub stays up at ${fleet.hub.url}: log in with the admin key ${fleet.adminKey}`);
  say("An event every 20 s follows. Ctrl-C ends the demo and deletes its data.\n");
  const stopped = Promise.withResolvers<void>();
  process.once("SIGINT", stopped.resolve);
  process.once("SIGTERM", stopped.resolve);
  const feeds = fleet.rigs.flatMap((rig) => events.of(rig.rigId).map((event) => ({ rig, event })));
  feeds.sort((left, right) => left.event.timestamp - right.event.timestamp);
  for (const { rig, event } of feeds) {
    const ended = await Promise.race([stopped.promise.then(() => true), Bun.sleep(FEED_EVERY_MS).then(() => false)]);
    if (ended) return;
    const { status } = await rig.side.enqueue(event);
    say(`${rig.rigId}: ${event.advisory.risk_level} at ${event.depth?.toFixed(0) ?? "?"} ft ${status}`);
  }
  await stopped.promise;
}
