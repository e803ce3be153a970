import { expect, test } from "bun:test";
import { filesToDrop, KEPT_LEAST, readKeepPolicy } from "../../../src/domain/backup/retention.ts";

const HOUR_MS = 3_600_000;
const NOW = Date.parse("2026-11-25T12:00:00Z");

function every(hours: number, count: number): { name: string; at: Date }[] {
  return Array.from({ length: count }, (_, nth) => {
    const at = new Date(NOW - nth * hours * HOUR_MS);
    return { name: at.toISOString(), at };
  });
}

test("a year of backups every six hours comes down to the last of each day, week and month", () => {
  const files = every(6, 4 * 365);
  const dropped = new Set(filesToDrop(files, readKeepPolicy("7d,4w,6m")));
  const kept = files.filter(({ name }) => !dropped.has(name)).map(({ name }) => name.slice(0, 13));
  expect(kept).toEqual([
    "2026-11-25T12",
    "2026-11-25T06",
    "2026-11-25T00",
    "2026-11-24T18",
    "2026-11-23T18",
    "2026-11-22T18",
    "2026-11-21T18",
    "2026-11-20T18",
    "2026-11-19T18",
    "2026-11-15T18",
    "2026-11-08T18",
    "2026-10-31T18",
    "2026-09-30T18",
    "2026-08-31T18",
    "2026-07-31T18",
    "2026-06-30T18",
  ]);
});

test("the newest three stay whatever the policy says", () => {
  expect(filesToDrop(every(1, 10), readKeepPolicy("0d"))).toHaveLength(10 - KEPT_LEAST);
  expect(filesToDrop(every(1, KEPT_LEAST), readKeepPolicy("0d"))).toEqual([]);
});

test.each(["", "7", "7y", "d7", "-1d", "99999d"])("the policy %p is not understood", (text) => {
  expect(() => readKeepPolicy(text)).toThrow("is not understood");
});
