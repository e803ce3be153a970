import { assert } from "../../../src/base/assert.ts";
import type { Random } from "../../../src/base/random.ts";
import type { Category } from "../../../src/wire/vocabulary.ts";
import { between, happens, weighted, whole } from "./chance.ts";
import type { RigPlan, WellPlan } from "./fleet-plan.ts";
import { HOUR_MS, SECOND_MS } from "./times.ts";

/** What happened on one rig within an hour or so: the events of one trouble. */
export interface SessionPlan {
  readonly rig: RigPlan;
  readonly well: WellPlan;
  readonly category: Category;
  readonly startMs: number;
  readonly events: number;
  /** s between two events */
  readonly stepS: number;
  /** A step in depth that parts the session in two. */
  readonly jumpFt: number;
}

const CATEGORIES: Readonly<Record<Category, number>> = {
  WellControl: 34,
  Hydraulics: 19,
  Mechanical: 19,
  DrillingEfficiency: 14,
  None: 9,
  Formation: 5,
};
/** No session comes nearer to the next of its rig, so that none can reach over midnight into another. */
const APART_MS = 3 * HOUR_MS;
/** What a rig may send of one trouble within an episode's hour. */
const LONG = { least: 20, most: 90 };
const LONG_SPAN_S = 3400;
const OVERRUN_SHARE = 0.04;
const JUMP_SHARE = 0.03;
const JUMP_FT = 140;

export interface FleetSizes {
  readonly sessions: number;
  readonly events: number;
}

/** In order of time; their events are exactly as many as asked for. */
export function planSessions(random: Random, rigs: readonly RigPlan[], sizes: FleetSizes): SessionPlan[] {
  const activity = rigs.reduce((sum, rig) => sum + weightOf(rig), 0);
  const lengths = sessionLengths(random, sizes);
  const plans: SessionPlan[] = [];
  rigs.forEach((rig, nth) => {
    const share = Math.round((sizes.sessions * weightOf(rig)) / activity);
    // The last one takes what rounding left over.
    plans.push(...rigSessions(random, rig, lengths.splice(0, nth === rigs.length - 1 ? lengths.length : share)));
  });
  return plans.toSorted((left, right) => left.startMs - right.startMs);
}

/** A rig of a month sends a month's share. */
function weightOf(rig: RigPlan): number {
  return rig.activity * (rig.lastSeenMs - rig.registeredMs);
}

function rigSessions(random: Random, rig: RigPlan, lengths: readonly number[]): SessionPlan[] {
  const room = (rig.lastSeenMs - rig.registeredMs) / lengths.length;
  return lengths.map((events, nth) => {
    const stepS = stepOf(random, events);
    const isLast = nth === lengths.length - 1;
    const span = Math.max(0, room - (isLast ? events * stepS * SECOND_MS * 1.2 : APART_MS));
    const startMs = Math.floor((rig.registeredMs + nth * room + between(random, 0, span)) / SECOND_MS) * SECOND_MS;
    return {
      rig,
      well: wellAt(rig, startMs),
      category: weighted(random, CATEGORIES),
      startMs,
      events,
      stepS,
      jumpFt: events > 3 && happens(random, JUMP_SHARE) ? JUMP_FT : 0,
    };
  });
}

function wellAt(rig: RigPlan, ms: number): WellPlan {
  const well = rig.wells.find(({ toMs }) => ms < toMs) ?? rig.wells.at(-1);
  assert(well !== undefined, "a rig has drilled a well");
  return well;
}

function stepOf(random: Random, events: number): number {
  if (events < LONG.least) return whole(random, 45, 500);
  const within = Math.floor(LONG_SPAN_S / events);
  return happens(random, OVERRUN_SHARE) ? within * 2 : Math.min(within, whole(random, 30, 60));
}

/** Many of one event, some of a few, and the long ones that make most of the traffic. */
function sessionLengths(random: Random, { sessions, events }: FleetSizes): number[] {
  const lengths = Array.from({ length: sessions }, () => {
    const kind = weighted(random, { one: 40, few: 25, long: 35 });
    if (kind === "one") return 1;
    return kind === "few" ? whole(random, 2, 6) : whole(random, LONG.least, LONG.most);
  });
  return exactly(lengths, events);
}

/** Evens out by the long ones, whose length nobody can tell from another. */
function exactly(lengths: number[], events: number): number[] {
  const long = lengths.flatMap((length, at) => (length >= LONG.least ? [at] : []));
  assert(long.length > 0, "some sessions are long");
  let missing = events - lengths.reduce((sum, length) => sum + length, 0);
  for (let nth = 0; missing !== 0; nth++) {
    assert(nth < long.length * LONG.most, "the sessions can hold the events that were asked for");
    const at = long[nth % long.length] ?? 0;
    const next = (lengths[at] ?? 0) + Math.sign(missing);
    if (next < 2 || next > LONG.most + LONG.least) continue;
    missing -= Math.sign(missing);
    lengths[at] = next;
  }
  return lengths;
}
