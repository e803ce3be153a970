import { mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { registerRig } from "../../src/domain/rigs.ts";
import { startTroubles } from "./fleet/chaos.ts";
import { KEY_OVERLAP_H } from "./fleet/operators.ts";
import { startDriller } from "./fleet/driller.ts";
import { createTally, HOUR_MS, MINUTE_MS, type Fleet } from "./fleet/fleet.ts";
import { createHub } from "./fleet/hub.ts";
import { createNet, GOOD_LINK } from "./fleet/net.ts";
import { planOf, type Plan } from "./fleet/plan.ts";
import { startOldRig } from "./fleet/old-rig.ts";
import { createRig, scrapRig } from "./fleet/rig.ts";
import type { SimDatabase } from "./kernel/database.ts";
import { createKernel, type Life } from "./kernel/kernel.ts";
import { diceOf } from "./kernel/random.ts";
import { createTrace } from "./kernel/trace.ts";
import { checkEvents } from "./model/check-events.ts";
import { checkLibrary } from "./model/check-library.ts";
import { checkRigs, isQuiet } from "./model/check-rigs.ts";
import { createModel } from "./model/model.ts";

export interface SeedResult {
  readonly seed: number;
  readonly plan: Plan;
  readonly hash: string;
  readonly violations: readonly string[];
  readonly faults: ReadonlyMap<string, number>;
  readonly releases: number;
  readonly lines: readonly string[];
}

/** Peace lasts at most so long: by then whoever waits longest between two tries has tried many times. */
const PEACE_MAX_MS = 5 * 24 * HOUR_MS;
const LOOK_EVERY_MS = 10 * MINUTE_MS;
/** Half an hour: less than the time between two syncs, and than many a cut. */
const SHORT_MEMORY_DAYS = 0.02;

/** One fleet, from its first boot until all is quiet and looked over. */
export async function runSeed(database: SimDatabase, seed: number, keepTrace: boolean): Promise<SeedResult> {
  const fleet = await newFleet(database, planOf(seed), keepTrace);
  try {
    await live(fleet);
    await check(fleet);
  } catch (error) {
    fleet.model.broken(`the run ended: ${error instanceof Error ? error.stack : String(error)}`);
  }
  const { plan, trace, model, tally, kernel } = fleet;
  await scrap(fleet);
  for (const claim of model.violations) trace.add(kernel.nowMs, "model", claim);
  return {
    seed,
    plan,
    hash: trace.hash(),
    violations: model.violations,
    faults: tally.counts,
    releases: kernel.releases,
    lines: trace.lines(),
  };
}

async function newFleet(database: SimDatabase, plan: Plan, keepTrace: boolean): Promise<Fleet> {
  await database.reset(`epoch-of-${plan.seed}`);
  const dice = diceOf(plan.seed);
  const trace = createTrace(keepTrace);
  const folder = join("/dev/shm", `fleet-sim-${process.pid}`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const world: Life = { name: "world", dead: false };
  const fleet: Fleet = {
    plan,
    dice,
    trace,
    folder,
    world,
    database,
    kernel: createKernel(dice.fork("kernel"), trace),
    tally: createTally(),
    model: createModel(),
    monitor: database.monitor,
    sessions: database.sessions,
    hubs: [],
    rigs: [],
    oldRigs: [],
    net: createNet(() => fleet),
    jobs: { open: 0 },
  };
  return fleet;
}

async function live(fleet: Fleet): Promise<void> {
  const { plan, kernel, world, hubs, rigs } = fleet;
  for (let nth = 1; nth <= plan.hubs; nth++) hubs.push(createHub(fleet, `hub-${nth}`, hubSettings(plan)));
  kernel.after(0, world, "begins", async () => {
    for (const hub of hubs) await hub.boot();
  });
  await kernel.runUntil(1000);
  const context = { ...running(fleet).context, sql: fleet.monitor };
  for (let nth = 1; nth <= plan.rigs; nth++) {
    const place = { rig_id: `RIG-${nth}`, well_id: "W", field: "F" };
    const { api_key: key } = await registerRig(context, place, { name: "admin", address: "local" });
    const dice = fleet.dice.fork(`setup ${nth}`);
    rigs.push(
      createRig(fleet, { rigId: place.rig_id, key, settings: rigSettings(plan), usesFolder: dice.chance(0.35) }),
    );
  }
  for (const rig of rigs) {
    kernel.after(rig.dice.int(0, MINUTE_MS), world, `starts ${rig.setup.rigId}`, () => rig.boot());
    startDriller(fleet, rig);
  }
  if (plan.troubles.has("old rig")) await startOldRig(fleet, context);
  const makePeace = startTroubles(fleet);
  await kernel.runUntil(plan.hours * HOUR_MS);
  await peace(fleet, makePeace);
}

function running({ hubs }: Fleet) {
  const hub = hubs[0]?.running;
  if (hub === undefined) throw new Error("the hub runs when rigs are registered");
  return hub;
}

function hubSettings(plan: Plan) {
  return {
    curation_interval_s: plan.curationIntervalS,
    key_overlap_hours: KEY_OVERLAP_H,
    ...(plan.troubles.has("prune") ? { library_max_episodes: plan.libraryMax } : {}),
    ...(plan.troubles.has("short memory") ? { tombstone_days: SHORT_MEMORY_DAYS } : {}),
  };
}

function rigSettings(plan: Plan) {
  return {
    upload_interval_secs: plan.uploadIntervalS,
    sync_interval_secs: plan.syncIntervalS,
    queue_max_events: plan.queueMax,
  };
}

/** Everything is mended, and everybody is left alone until nothing is left to do. */
async function peace(fleet: Fleet, makePeace: () => void): Promise<void> {
  const { kernel, world, net, model } = fleet;
  kernel.after(0, world, "peace", () => {
    makePeace();
    for (const link of net.links.values()) Object.assign(link, { faults: GOOD_LINK, upCut: false, downCut: false });
  });
  const endMs = kernel.nowMs + PEACE_MAX_MS;
  while (kernel.nowMs < endMs) {
    await kernel.runUntil(kernel.nowMs + LOOK_EVERY_MS);
    if (model.violations.length > 0 || (await isQuiet(fleet))) return;
  }
  model.broken(`no quiet after ${PEACE_MAX_MS / HOUR_MS} hours of peace`);
}

async function check(fleet: Fleet): Promise<void> {
  checkRigs(fleet);
  await checkEvents(fleet);
  await checkLibrary(fleet);
}

async function scrap(fleet: Fleet): Promise<void> {
  for (const rig of fleet.rigs) scrapRig(rig);
  for (const hub of fleet.hubs) await hub.kill();
  rmSync(fleet.folder, { recursive: true, force: true });
}
