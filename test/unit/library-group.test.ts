import { expect, test } from "bun:test";
import { createGroup } from "../../src/domain/library/group.ts";
import { rejection } from "../support/rejection.ts";

/** A group whose runs end when the test says so. */
function heldGroup() {
  const runs: { items: readonly number[]; end: (error?: Error) => void }[] = [];
  const call = createGroup<number, number>((items) => {
    const { promise, resolve, reject } = Promise.withResolvers<readonly number[]>();
    runs.push({
      items,
      end: (error) => (error === undefined ? resolve(items.map((item) => item * 10)) : reject(error)),
    });
    return promise;
  });
  return { call, runs };
}

test("a lone call waits for nobody, and those that come meanwhile run together", async () => {
  const { call, runs } = heldGroup();
  const first = call(1);
  const others = [call(2), call(3)];
  expect(runs.map(({ items }) => items)).toEqual([[1]]);
  runs[0]?.end();
  expect(await first).toBe(10);
  await Promise.resolve();
  expect(runs.map(({ items }) => items)).toEqual([[1], [2, 3]]);
  runs[1]?.end();
  expect(await Promise.all(others)).toEqual([20, 30]);
});

test("a failed run rejects its own calls, and the next one goes", async () => {
  const { call, runs } = heldGroup();
  const failed = call(1);
  const next = call(2);
  runs[0]?.end(new Error("away"));
  expect(await rejection(failed)).toMatchObject({ message: "away" });
  runs[1]?.end();
  expect(await next).toBe(20);
});

test("a run is bounded, and so is what waits for it", async () => {
  const { call, runs } = heldGroup();
  void call(0);
  const waiting = Array.from({ length: 4096 }, (_, at) => call(at));
  expect(() => call(1)).toThrow("too many rigs wait");
  runs[0]?.end();
  for (let at = 1; at <= 64; at++) {
    while (runs.length <= at) await Promise.resolve();
    expect(runs[at]?.items).toHaveLength(64);
    runs[at]?.end();
  }
  expect(await Promise.all(waiting)).toHaveLength(4096);
});
