import type { Dice } from "../kernel/random.ts";
import { HOUR_MS, MINUTE_MS, type Fleet } from "./fleet.ts";
import type { SimHub } from "./hub.ts";
import { GOOD_LINK } from "./net.ts";
import { startOperators } from "./operators.ts";
import type { SimRig } from "./rig.ts";

/** Sets the plan's troubles going; the result ends those that would go on. */
export function startTroubles(fleet: Fleet): () => void {
  const { troubles } = fleet.plan;
  const dice = fleet.dice.fork("troubles");
  for (const rig of fleet.rigs) {
    const own = dice.fork(rig.setup.rigId);
    if (troubles.has("bad links")) badLink(fleet, rig, own.fork("link"));
    if (troubles.has("cuts") || troubles.has("full queue")) cuts(fleet, rig.setup.rigId, own.fork("cuts"));
    if (troubles.has("rig kills")) deaths(fleet, rig, own.fork("kills"), "killed");
    if (troubles.has("power cuts")) deaths(fleet, rig, own.fork("power"), "power cut");
    if (troubles.has("rig clocks")) clockJumps(fleet, rig, own.fork("clock"));
  }
  for (const hub of fleet.hubs) {
    const own = dice.fork(hub.name);
    if (troubles.has("hub kills")) hubDeaths(fleet, hub, own.fork("kills"));
    if (troubles.has("upload kills")) uploadDeaths(fleet, hub, own.fork("upload kills"));
    if (troubles.has("hub clock")) hubSteps(fleet, hub, own.fork("clock"));
  }
  for (const { rigId } of fleet.oldRigs) if (troubles.has("cuts")) cuts(fleet, rigId, dice.fork(rigId));
  if (troubles.has("rush")) rushes(fleet, dice.fork("rush"));
  startOperators(fleet, dice.fork("operators"));
  return () => {
    for (const machine of [...fleet.rigs, ...fleet.hubs]) machine.spare();
  };
}

/** Some time within the run, `times` of them. */
function within(fleet: Fleet, dice: Dice, times: number, run: () => void | Promise<void>): void {
  for (let nth = 0; nth < times; nth++)
    fleet.kernel.quietly(dice.unit() * fleet.plan.hours * HOUR_MS, fleet.world, run);
}

/** As many short ones as long ones, by order of magnitude. */
function span(dice: Dice, leastMs: number, mostMs: number): number {
  return Math.round(leastMs * (mostMs / leastMs) ** dice.unit());
}

function badLink(fleet: Fleet, rig: SimRig, dice: Dice): void {
  within(fleet, dice, 2, () => {
    const link = fleet.net.linkTo(rig.setup.rigId);
    const some = (most: number): number => (dice.chance(0.5) ? dice.unit() * most : 0);
    link.faults = {
      jitterMs: dice.pick([100, 1000, 20_000]),
      lost: some(0.3),
      duplicated: some(0.3),
      delayed: some(0.3),
      replyLost: some(0.4),
      swallowed: some(0.3),
      damaged: some(0.2),
    };
    fleet.kernel.note(fleet.world, `link of ${rig.setup.rigId} turns bad`);
    const lasts = span(dice, 10 * MINUTE_MS, 6 * HOUR_MS);
    fleet.kernel.quietly(lasts, fleet.world, () => void (link.faults = GOOD_LINK));
  });
}

function cuts(fleet: Fleet, rigId: string, dice: Dice): void {
  const { kernel, world, tally } = fleet;
  within(fleet, dice, dice.int(1, 3), () => {
    const link = fleet.net.linkTo(rigId);
    const [up, down] = dice.pick([
      [true, true],
      [true, true],
      [true, false],
      [false, true],
    ] as const);
    const lasts = span(dice, 1000, 12 * HOUR_MS);
    kernel.note(world, `link of ${rigId} is cut ${up ? "up" : ""} ${down ? "down" : ""} for ${lasts} ms`);
    tally.count(up && down ? "cut" : "one-way cut");
    if (up) link.upCut = true;
    if (down) link.downCut = true;
    kernel.quietly(lasts, world, () => {
      if (up) link.upCut = false;
      if (down) link.downCut = false;
    });
  });
}

const COMMITS_MAX = 12;

/** At any time, or between two commits of whatever it does next. */
function deaths(fleet: Fleet, rig: SimRig, dice: Dice, how: "killed" | "power cut"): void {
  const { kernel, world } = fleet;
  const bootLater = (): void => {
    kernel.quietly(span(dice, 100, 30 * MINUTE_MS), world, () => bootIfDown(rig));
  };
  within(fleet, dice, dice.int(1, 4), () => {
    if (rig.running === undefined) return;
    if (dice.chance(0.7)) return rig.killAfterCommits(dice.int(1, COMMITS_MAX), how, bootLater);
    rig.kill(how);
    bootLater();
  });
}

const RUSH_MS = 1000;

/** What has gathered comes to the hubs at once, while everybody asks for the library. */
function rushes(fleet: Fleet, dice: Dice): void {
  within(fleet, dice, dice.int(1, 4), () => {
    fleet.tally.count("rush");
    for (const rig of fleet.rigs) {
      if (rig.running !== undefined) rig.kill("killed");
      const lasts = 30 * MINUTE_MS + dice.int(0, RUSH_MS);
      fleet.kernel.quietly(lasts, fleet.world, () => bootIfDown(rig));
    }
  });
}

export async function bootIfDown(rig: SimRig): Promise<void> {
  if (rig.running === undefined) await rig.boot();
}

const DAY_MS = 24 * HOUR_MS;

function clockJumps(fleet: Fleet, rig: SimRig, dice: Dice): void {
  const { kernel, world, tally } = fleet;
  const jump = (): void => {
    const by = (dice.chance(0.5) ? 1 : -1) * span(dice, 1000, DAY_MS);
    const trueMs = rig.trueStartMs;
    rig.wall.startMs = Math.min(trueMs + DAY_MS, Math.max(trueMs - DAY_MS, rig.wall.startMs + by));
    tally.count("rig clock jumps");
    kernel.note(world, `clock of ${rig.setup.rigId} is ${rig.wall.startMs - trueMs} ms off`);
  };
  jump();
  within(fleet, dice, dice.int(0, 3), jump);
}

const STATEMENTS_MAX = 60;

function hubDeaths(fleet: Fleet, hub: SimHub, dice: Dice): void {
  const { kernel, world, tally } = fleet;
  const bootLater = (): void => {
    kernel.quietly(span(dice, 500, 20 * MINUTE_MS), world, () => bootHubIfDown(hub));
  };
  within(fleet, dice, dice.int(1, 5), async () => {
    if (hub.running === undefined) return;
    if (dice.chance(0.8)) return hub.killAfterStatements(dice.int(1, STATEMENTS_MAX), bootLater);
    tally.count("hub killed at rest");
    await hub.kill();
    bootLater();
  });
}

const UPLOAD_STATEMENTS_MAX = 10;

/** Between an event's arrival and the statement that makes it the hub's, or right after that. */
function uploadDeaths(fleet: Fleet, hub: SimHub, dice: Dice): void {
  const bootLater = (): void => {
    fleet.kernel.quietly(span(dice, 500, 20 * MINUTE_MS), fleet.world, () => bootHubIfDown(hub));
  };
  within(fleet, dice, dice.int(1, 4), () => {
    if (hub.running !== undefined) hub.killDuringUpload(dice.int(1, UPLOAD_STATEMENTS_MAX), bootLater);
  });
}

export async function bootHubIfDown(hub: SimHub): Promise<void> {
  if (hub.running === undefined) await hub.boot();
}

/** By minutes, forward and more often back. */
function hubSteps(fleet: Fleet, hub: SimHub, dice: Dice): void {
  within(fleet, dice, dice.int(1, 3), () => {
    const by = (dice.chance(0.7) ? -1 : 1) * span(dice, 1000, 20 * MINUTE_MS);
    hub.wall.startMs += by;
    fleet.tally.count("hub clock steps");
    fleet.kernel.note(fleet.world, `clock of ${hub.name} steps by ${by} ms`);
  });
}
