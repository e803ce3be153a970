import fc from "fast-check";
import type { IndexEntry, RecallQuery } from "../../src/recall/entry.ts";
import { CAMPAIGNS, CATEGORIES, OUTCOME_NAMES } from "../../src/wire/vocabulary.ts";

/** Few values, so that equal ones and ties are common; a third of the features missing. */
const coarse = fc.constantFrom(-128, -128, -127, -30, 0, 30, 127, 31, 60);

/** Any twelve bytes a feature can have. */
export function aSituation(): fc.Arbitrary<Int8Array> {
  return fc
    .array(fc.integer({ min: -128, max: 127 }), { minLength: 12, maxLength: 12 })
    .map((values) => Int8Array.from(values));
}

function aCoarseSituation(): fc.Arbitrary<Int8Array> {
  return fc.array(coarse, { minLength: 12, maxLength: 12 }).map((values) => Int8Array.from(values));
}

/** Of a small world: five rigs, a few depths and days, so that every rule of order is put to the test. */
export function anEntry(): fc.Arbitrary<IndexEntry> {
  return fc.record({
    id: fc.integer({ min: 0, max: 400 }).map((number) => `RIG-1-${number}-episode`),
    rig_id: fc.constantFrom("A", "B", "C", "D", "E"),
    category: fc.constantFrom(...CATEGORIES),
    campaign: fc.constantFrom(...CAMPAIGNS),
    outcome: fc.constantFrom(...OUTCOME_NAMES),
    timestamp: fc.constantFrom(0, 1e8, 2e8, 3e8),
    depth_ft: fc.constantFrom(0, 9_900, 10_000, 10_100, 12_000),
    situation: aCoarseSituation(),
    action_text: fc.constantFrom(null, "", "Flow check", "flow  check!", "shut in"),
  });
}

export function aQuery(): fc.Arbitrary<RecallQuery> {
  const asked = {
    situation: aCoarseSituation(),
    key_metrics: fc.constantFrom({ mse_efficiency: 60 }, { ecd_margin: 0.2, mse_efficiency: 90 }, {}),
    category: fc.constantFrom(...CATEGORIES),
    campaign: fc.constantFrom(...CAMPAIGNS),
    depth_ft: fc.constantFrom(10_000, 11_000),
    exclude_rig: fc.constantFrom("A", "Z"),
    text: fc.constantFrom("kick", "torque", "dinner"),
  };
  return fc.record(asked, { requiredKeys: [] });
}
