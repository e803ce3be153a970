import { expect, test } from "bun:test";
import { base, channel, last, logRatio, oscillation } from "../../../src/recall/window.ts";
import type { HistorySnapshot } from "../../../src/wire/event.ts";

test("a channel of zeros and nulls is no channel, one real reading makes it one", () => {
  const window: HistorySnapshot[] = [{ rpm: 0 }, { rpm: null }, {}];
  expect(channel(window, "rpm")).toEqual([]);
  expect(channel([...window, { rpm: 60 }], "rpm")).toEqual([0, 60]);
});

test("the newest five and the first third are medians, so one spike moves neither", () => {
  const readings = [1, 900, 2, 3, 4, 5, 6, 7, 8, 900, 9, 10];
  expect(base(readings)).toBe(2.5);
  expect(last(readings)).toBe(9);
  expect(last([])).toBeUndefined();
});

test("a log ratio needs six readings and both sides above zero", () => {
  expect(logRatio([1, 1, 1, 2, 2, 2])).toBeCloseTo(Math.log(2), 12);
  expect(logRatio([1, 1, 2, 2, 2])).toBeUndefined();
  expect(logRatio([-1, -1, 1, 2, 2, 2])).toBeUndefined();
});

test("a straight drift does not oscillate, an alternation by 5 of 100 does by a tenth", () => {
  expect(oscillation([10, 20, 30, 40, 50, 60, 70])).toBe(0);
  expect(oscillation([95, 105, 95, 105, 95, 105])).toBeCloseTo(0.1, 12);
  expect(oscillation([95, 105, 95, 105, 95])).toBeUndefined();
  expect(oscillation([0, 0, 0, 0, 0, 0, 8])).toBeUndefined();
});

test("an oscillation is read from the newest thirty only", () => {
  const wild = Array.from({ length: 30 }, (_, at) => (at % 2 === 0 ? 50 : 150));
  const calm = Array.from({ length: 32 }, () => 100);
  expect(oscillation([...wild, ...calm])).toBe(0);
  expect(oscillation([...calm, ...wild])).toBeGreaterThan(0.9);
});
