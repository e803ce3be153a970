import { expect, test } from "bun:test";
import { thin, type Thinnable } from "../../../src/recall/thin.ts";

interface Named extends Thinnable {
  readonly name: string;
}

function candidate(name: string, rank: number, rest: Partial<Thinnable> = {}): Named {
  return { name, rank, rig: name.charCodeAt(0), depth_ft: 10_000, action: 0, ...rest };
}

function order(candidates: readonly Named[], limit = 5): string {
  return thin(candidates, limit)
    .map(({ name }) => name)
    .join("");
}

test("cases that tell different things stay in the order of their rank", () => {
  expect(order([candidate("a", 0.9), candidate("b", 0.8), candidate("c", 0.5)])).toBe("abc");
});

test("a case much like one already shown gives way to one that ranks a little lower", () => {
  const worst = candidate("z", 0);
  const again = candidate("b", 0.95, { rig: 1 });
  expect(order([candidate("a", 1, { rig: 1 }), again, candidate("c", 0.92), worst])).toBe("acbz");
  expect(order([candidate("a", 1, { rig: 1 }), again, candidate("c", 0.8), worst])).toBe("abcz");
});

test("the same hole and the same action count as well as the same rig", () => {
  const first = candidate("a", 1, { rig: 1, action: 7 });
  const other = candidate("c", 0.94);
  const worst = candidate("z", 0);
  const sameRigElsewhere = candidate("b", 1, { rig: 1, depth_ft: 10_201 });
  const sameHole = candidate("b", 1, { rig: 1, depth_ft: 10_200 });
  const sameAction = candidate("b", 0.97, { action: 7 });
  const noAction = candidate("b", 0.97, { action: 0 });
  expect(order([first, sameRigElsewhere, other, worst])).toBe("abcz");
  expect(order([first, sameHole, other, worst])).toBe("acbz");
  expect(order([first, sameAction, other, worst])).toBe("acbz");
  expect(order([{ ...first, action: 0 }, noAction, other, worst])).toBe("abcz");
});

test("a rig is never capped: with nothing else it fills all places", () => {
  const cases = ["a", "b", "c", "d"].map((name, at) => candidate(name, 1 - at / 10, { rig: 1 }));
  expect(order(cases)).toBe("abcd");
  expect(order(cases, 2)).toBe("ab");
  expect(order([], 2)).toBe("");
});

test("scaling every rank alike, as a library of Pending cases does, changes nothing", () => {
  const cases = [
    candidate("a", 1, { rig: 1 }),
    candidate("b", 0.8, { rig: 1 }),
    candidate("c", 0.6),
    candidate("z", 0),
  ];
  const pending = cases.map((known) => ({ ...known, rank: known.rank * 0.15 }));
  expect(order(pending)).toBe(order(cases));
});
