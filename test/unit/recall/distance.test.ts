import { expect, test } from "bun:test";
import fc from "fast-check";
import { closeness, CLOSE_MAX, DISTANT_MAX } from "../../../src/recall/closeness.ts";
import {
  campaignDistance,
  categoryDistance,
  costTables,
  DISTANCE_ONE,
  presence,
  situationDistance,
  tabledDistance,
  weightOf,
} from "../../../src/recall/distance.ts";
import { FEATURES, MISSING } from "../../../src/recall/features.ts";
import { missingSituation } from "../../../src/recall/fingerprint.ts";
import { ageFactor, distanceLimit, outcomeWeight, rankOf } from "../../../src/recall/rank.ts";
import { aSituation } from "../../support/arbitraries.ts";

const ZERO = new Int8Array(12);
const DAY_S = 86_400;

function withGap(value: number): Int8Array {
  return Int8Array.from(ZERO, (_, feature) => (feature === 0 ? value : 0));
}

test("a difference costs weight times its square, up to half of the scale", () => {
  expect(situationDistance(ZERO, withGap(32)) / DISTANCE_ONE).toBeCloseTo(3 * (32 / 127) ** 2, 12);
  expect(situationDistance(ZERO, withGap(64)) / DISTANCE_ONE).toBe(0.75);
  expect(situationDistance(ZERO, withGap(127)) / DISTANCE_ONE).toBe(0.75);
  expect(situationDistance(ZERO, withGap(63)) / DISTANCE_ONE).toBeLessThan(0.75);
});

test("one side missing costs a tenth of the weight, both sides nothing", () => {
  expect(situationDistance(ZERO, withGap(MISSING)) / DISTANCE_ONE).toBeCloseTo(0.3, 12);
  expect(situationDistance(missingSituation(), missingSituation())).toBe(0);
  expect(situationDistance(ZERO, missingSituation()) / DISTANCE_ONE).toBeCloseTo(1.2, 12);
});

test("every distance is the whole number that the formula gives, alike in both directions and by table", () => {
  fc.assert(
    fc.property(aSituation(), aSituation(), (left, right) => {
      const distance = situationDistance(left, right);
      expect(distance).toBe(situationDistance(right, left));
      expect(Number.isInteger(distance)).toBe(true);
      expect(distance / DISTANCE_ONE).toBeCloseTo(byFormula(left, right), 9);
      expect(tabledDistance(costTables(left), new Uint8Array(right.buffer), 0, Infinity)).toBe(distance);
    }),
  );
});

/** Written down once more, in floating point and from the definition. */
function byFormula(left: Int8Array, right: Int8Array): number {
  return FEATURES.reduce((sum, { weight }, at) => {
    const [one, other] = [left[at] ?? MISSING, right[at] ?? MISSING];
    if (one === MISSING && other === MISSING) return sum;
    if (one === MISSING || other === MISSING) return sum + 0.1 * weight;
    return sum + weight * Math.min(Math.abs(one - other) / 127, 0.5) ** 2;
  }, 0);
}

test("a table that is dropped early is past the limit, and one that is not is exact", () => {
  fc.assert(
    fc.property(aSituation(), aSituation(), fc.integer({ min: 0, max: DISTANCE_ONE }), (left, right, limit) => {
      const exact = situationDistance(left, right);
      const found = tabledDistance(costTables(left), new Uint8Array(right.buffer), 0, limit);
      expect(exact <= limit ? found === exact : found > limit).toBe(true);
    }),
  );
});

test("what is not asked about costs nothing when only the asked is compared", () => {
  const tables = costTables(withGap(MISSING), true);
  expect(tabledDistance(tables, new Uint8Array(withGap(99).buffer), 0, Infinity)).toBe(0);
  expect(tabledDistance(costTables(withGap(MISSING)), new Uint8Array(withGap(99).buffer), 0, Infinity)).toBeGreaterThan(
    0,
  );
});

test("another category costs .75, None a quarter, another campaign a tenth, and the unknown nothing", () => {
  expect(categoryDistance("WellControl", "Mechanical") / DISTANCE_ONE).toBe(0.75);
  expect(categoryDistance("WellControl", "None") / DISTANCE_ONE).toBe(0.25);
  expect(categoryDistance("None", "Mechanical") / DISTANCE_ONE).toBe(0.25);
  expect(categoryDistance("Mechanical", "Mechanical")).toBe(0);
  expect(categoryDistance(undefined, "Mechanical")).toBe(0);
  expect(campaignDistance("Production", "PlugAbandonment") / DISTANCE_ONE).toBeCloseTo(0.1, 12);
  expect(campaignDistance(undefined, "PlugAbandonment")).toBe(0);
});

test("common weight is that of the features which both sides have", () => {
  expect(weightOf(presence(ZERO))).toBe(12);
  expect(weightOf(presence(withGap(MISSING)))).toBe(9);
  expect(weightOf(presence(missingSituation()))).toBe(0);
});

test("close needs a short distance and enough in common; a little further or less is distant, then nothing", () => {
  expect(closeness(CLOSE_MAX, 8)).toBe("close");
  expect(closeness(CLOSE_MAX + 1, 8)).toBe("distant");
  expect(closeness(0, 7.5)).toBe("distant");
  expect(closeness(DISTANT_MAX, 12)).toBe("distant");
  expect(closeness(DISTANT_MAX + 1, 12)).toBe("none");
});

test("age takes three tenths at most, half of them in a year, and a clock that is behind takes none", () => {
  expect(ageFactor(0)).toBe(1);
  expect(ageFactor(365 * DAY_S)).toBeCloseTo(0.85, 12);
  expect(ageFactor(1e12)).toBeCloseTo(0.7, 12);
  expect(ageFactor(-DAY_S)).toBe(1);
});

test("a resolved case outranks an escalated, a false alarm and a pending one", () => {
  const weights = (["Resolved", "Escalated", "FalsePositive", "Pending"] as const).map(outcomeWeight);
  expect(weights).toEqual([1, 0.55, 0.25, 0.15]);
});

test("a bound on the distance never shuts out a rank that reaches it", () => {
  fc.assert(
    fc.property(
      fc.double({ min: 0.01, max: 1, noNaN: true }),
      fc.integer({ min: 0, max: 3_000_000 }),
      (worth, distance) => {
        const rank = rankOf(distance, worth);
        expect(distanceLimit(rank, worth)).toBeGreaterThanOrEqual(distance);
        expect(distanceLimit(rank, worth)).toBeLessThan(distance + 4);
      },
    ),
  );
});
