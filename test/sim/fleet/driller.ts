import type { Dice } from "../kernel/random.ts";
import { createEventSource, type EventSource, type NumberedEvent } from "./events.ts";
import { HOUR_MS, MINUTE_MS, type Fleet } from "./fleet.ts";
import { acknowledge, askRecall, offer } from "./local.ts";
import type { SimRig } from "./rig.ts";

const DEPTH_FT = 9000;
const QUESTIONS = 2;
const ACTIONS = ["shut_in", "monitored", "dismissed", "escalated", "adjusted_parameters"];

/** All that people and the rig software do on one rig, spread over the run. */
export function startDriller(fleet: Fleet, rig: SimRig): void {
  const { plan, kernel, world } = fleet;
  const dice = rig.dice.fork("driller");
  const own = { late: dice.fork("late"), between: dice.fork("between") };
  const shift: Shift = { fleet, rig, source: createEventSource(dice.fork("events")), words: 0, own };
  let depthFt = DEPTH_FT;
  for (let incident = 0; incident < plan.incidents; incident++) {
    depthFt += dice.int(0, 300);
    const atFt = depthFt;
    kernel.quietly(dice.unit() * plan.hours * HOUR_MS, world, () => incidentOn(shift, atFt));
  }
  for (let question = 0; question < QUESTIONS; question++) {
    kernel.quietly(dice.unit() * plan.hours * HOUR_MS, world, () => askRecall(fleet, rig));
  }
}

interface Shift {
  readonly fleet: Fleet;
  readonly rig: SimRig;
  readonly source: EventSource;
  words: number;
  readonly own: { readonly late: Dice; readonly between: Dice };
}

/** A few events within minutes, and what the driller makes of them. */
function incidentOn(shift: Shift, depthFt: number): void {
  const { fleet, rig, source } = shift;
  const { kernel, world } = fleet;
  const dice = rig.dice;
  const events = dice.int(1, 4);
  let afterMs = 0;
  for (let nth = 0; nth < events; nth++) {
    // Now and then two advisories come in one second.
    if (!dice.chance(0.15)) afterMs += dice.int(0, 12 * MINUTE_MS);
    kernel.quietly(afterMs, world, async () => {
      const unixMs = rig.wall.startMs + kernel.nowMs;
      const event = source.make(rig.setup.rigId, unixMs, depthFt + dice.int(0, 120) + dice.unit());
      if (dice.chance(0.7)) answerLater(shift, event, 1);
      const lateMs = latenessOf(shift);
      if (lateMs === 0) return offer(fleet, rig, event);
      kernel.quietly(lateMs, world, () => offer(fleet, rig, event));
    });
  }
}

/** The rig software was down with it, and hands it in when those after it have long gone round the fleet. */
function latenessOf({ fleet: { plan, tally }, own }: Shift): number {
  if (!plan.troubles.has("late events") || !own.late.chance(0.3)) return 0;
  tally.count("event handed in late");
  return own.late.int(MINUTE_MS, 8 * HOUR_MS);
}

/** Seconds to hours later, and sometimes otherwise once more. */
function answerLater(shift: Shift, event: NumberedEvent, nth: number): void {
  const { fleet, rig } = shift;
  const dice = rig.dice;
  fleet.kernel.quietly(dice.int(0, dice.pick([MINUTE_MS / 2, 5 * MINUTE_MS, HOUR_MS])), fleet.world, () => {
    const answer = { action: dice.pick(ACTIONS), notes: `word ${++shift.words} of ${rig.setup.rigId}` };
    return acknowledge(fleet, rig, { event, answer }, () => {
      setBackBetween(shift);
      if (nth < 4 && dice.chance(0.5)) answerLater(shift, event, nth + 1);
    });
  });
}

/** What is said next is said at an earlier hour, by the rig's clock. */
function setBackBetween({ fleet, rig, own: { between } }: Shift): void {
  if (!fleet.plan.troubles.has("clock between answers") || !between.chance(0.4)) return;
  const leastMs = rig.trueStartMs - 24 * HOUR_MS;
  rig.wall.startMs = Math.max(leastMs, rig.wall.startMs - between.int(MINUTE_MS, 2 * HOUR_MS));
  fleet.tally.count("rig clock set back between answers");
}
