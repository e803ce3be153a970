import { unitInterval, type Random } from "../../src/base/random.ts";
import { categorise } from "../../src/recall/category.ts";
import type { IndexEntry, RecallQuery } from "../../src/recall/entry.ts";
import { MISSING } from "../../src/recall/features.ts";
import { fingerprint } from "../../src/recall/fingerprint.ts";
import { eventDepthFt, type FleetEvent } from "../../src/wire/event.ts";
import type { OutcomeName } from "../../src/wire/vocabulary.ts";

/** Unix s: where the synthetic fleet's year ends. */
export const SYNTHETIC_NOW_S = 1_796_000_000;
const YEAR_S = 365 * 86_400;
const RIGS = 100;
const PERTURBATION = 12;
const DEPTH_SPREAD_FT = 3_000;
/** Three of four cases are decided, a fifth are false alarms. */
const OUTCOMES: readonly OutcomeName[] = ["Resolved", "Resolved", "Resolved", "Escalated", "FalsePositive", "Pending"];
const ACTIONS = ["flow check", "raise mud weight", "reduce flow", "circulate", "shut in", "reduce WOB", null];

/** As an entry would be made of each event alone. */
export function entryOfEvent(event: FleetEvent): IndexEntry {
  return {
    id: `${event.id}-episode`,
    rig_id: event.rig_id,
    category: categorise(event).category,
    campaign: event.campaign,
    outcome: "Pending",
    timestamp: event.timestamp,
    depth_ft: eventDepthFt(event),
    situation: fingerprint(event),
    action_text: null,
  };
}

/** Real fingerprints, shaken: a fleet's library is clusters of alike situations, never noise. */
export function syntheticEntries(seeds: readonly IndexEntry[], count: number, random: Random): IndexEntry[] {
  return Array.from({ length: count }, (_, number) => {
    const seed = pick(seeds, random);
    return {
      ...seed,
      id: `RIG-${number % RIGS}-${SYNTHETIC_NOW_S - number}-episode`,
      rig_id: `RIG-${Math.floor(unitInterval(random) * RIGS)}`,
      outcome: pick(OUTCOMES, random),
      timestamp: SYNTHETIC_NOW_S - Math.floor(unitInterval(random) * YEAR_S),
      depth_ft: seed.depth_ft + Math.round((unitInterval(random) - 0.5) * DEPTH_SPREAD_FT),
      situation: shaken(seed.situation, random),
      action_text: pick(ACTIONS, random),
    };
  });
}

export function syntheticQuery(seeds: readonly IndexEntry[], random: Random): RecallQuery {
  const seed = pick(seeds, random);
  return {
    situation: shaken(seed.situation, random),
    category: seed.category,
    campaign: seed.campaign,
    depth_ft: seed.depth_ft,
    exclude_rig: `RIG-${Math.floor(unitInterval(random) * RIGS)}`,
  };
}

/** States stay states; one feature in fifty is lost. */
function shaken(situation: Int8Array, random: Random): Int8Array {
  return situation.map((value) => {
    if (value === MISSING || random.u32() % 50 === 0) return MISSING;
    if (Math.abs(value) === 127) return value;
    const step = Math.round((unitInterval(random) + unitInterval(random) - 1) * PERTURBATION);
    return Math.max(-127, Math.min(127, value + step));
  });
}

export function pick<Item>(items: readonly Item[], random: Random): Item {
  return items[random.u32() % items.length] as Item;
}
