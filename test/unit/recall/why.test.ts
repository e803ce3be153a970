import { expect, test } from "bun:test";
import { MISSING, quantise, squash, type FeatureName, FEATURES } from "../../../src/recall/features.ts";
import { reasons } from "../../../src/recall/why.ts";

/** A quiet well: every feature at its neutral value. */
function quiet(changes: Partial<Record<FeatureName, number>> = {}): Int8Array {
  return Int8Array.from(FEATURES, ({ name, neutral }) => {
    const value = changes[name] ?? neutral;
    return value === MISSING ? MISSING : quantise(value);
  });
}

const gap = (share: number): number => squash(share, 0.05);
const pit = (rate: number): number => squash(rate, 10);

test("what both wells show is said in the driller's units, the strongest first", () => {
  const here = quiet({ gap: gap(0.06), pit: pit(12), gas: squash(200, 50) });
  const there = quiet({ gap: gap(0.07), pit: pit(10), gas: squash(180, 50) });
  expect(reasons(here, there)).toEqual([
    "flow out 6 % above in (there 7 %)",
    "pits rising 12 bbl/h (there 10 bbl/h)",
    "gas high, 204 units (there 177 units)",
  ]);
});

test("opposite sides, and what is near to neutral on one side, are no reasons", () => {
  const here = quiet({ gap: gap(0.06), pit: pit(12) });
  expect(reasons(here, quiet({ gap: gap(0.005), pit: pit(-12) }))[0]).toBe("nothing unusual in common");
});

test("one thing in common is not enough to call it a reason", () => {
  expect(reasons(quiet({ pit: pit(12) }), quiet({ pit: pit(12) }))).toEqual(["nothing unusual in common"]);
  const two = { pit: pit(12), on_bottom: -1 };
  expect(reasons(quiet(two), quiet(two))).toEqual(["off bottom", "pits rising 12 bbl/h (there 12 bbl/h)"]);
});

test("at most three reasons are given", () => {
  const much = { gap: gap(0.1), pit: pit(20), gas: squash(200, 50), on_bottom: -1, rotating: -1, mse_eff: -0.5 };
  expect(reasons(quiet(much), quiet(much))).toHaveLength(3);
});

test("the largest disagreement is named when it costs a tenth or more, and not below", () => {
  const two = { pit: pit(12), on_bottom: -1 };
  const told = reasons(quiet({ ...two, gap: gap(0.02) }), quiet({ ...two, gap: gap(-0.02) }));
  expect(told.at(-1)).toBe("but flow out over in +2 %, there -2 %");
  expect(reasons(quiet({ ...two, gap: gap(0.002) }), quiet({ ...two, gap: gap(-0.002) }))).toHaveLength(2);
});

test("what was not measured is named, with the side that lacks it", () => {
  const here = quiet({ gas: MISSING, gap: MISSING });
  const there = quiet({ gas: MISSING, ecd: MISSING });
  expect(reasons(here, there)).toEqual([
    "nothing unusual in common",
    "not measured: gas",
    "not measured here: flow out over in",
    "not measured there: ECD margin",
  ]);
});

test("a margin below nothing keeps its sign, and a state is told by yes and no", () => {
  const here = quiet({ ecd: squash(-0.1, 0.3), on_bottom: -1 });
  expect(reasons(here, quiet({ ecd: squash(-0.1, 0.3), on_bottom: -1 }))[1]).toBe(
    "ECD margin narrow, -0.1 ppg (there -0.1 ppg)",
  );
  expect(reasons(here, quiet()).at(-1)).toBe("but on bottom no, there yes");
});

test("a value at the end of its scale is said to be over, never infinite", () => {
  const full = { gap: 1, on_bottom: -1 };
  expect(reasons(quiet(full), quiet(full))[0]).toBe("flow out over 630 % above in (there over 630 %)");
});
