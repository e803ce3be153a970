import { expect, test } from "bun:test";
import { readTime } from "../../../src/db/times.ts";

test.each([
  ["2026-11-25 05:18:18+00", "2026-11-25T05:18:18.000Z"],
  ["2026-11-25 05:18:18.5+00", "2026-11-25T05:18:18.500Z"],
  ["2026-01-02 03:04:05.123+00", "2026-01-02T03:04:05.123Z"],
  ["2026-01-02 03:04:05.123987+00", "2026-01-02T03:04:05.123Z"],
  ["2024-02-29 23:59:59.999999+00", "2024-02-29T23:59:59.999Z"],
  ["2026-11-25 05:18:18+05:30", "2026-11-24T23:48:18.000Z"],
  ["2026-11-25 05:18:18.25-08", "2026-11-25T13:18:18.250Z"],
  ["2026-11-25", "2026-11-25T00:00:00.000Z"],
])("%s is %s", (text, iso) => {
  expect(readTime(text).toISOString()).toBe(iso);
});

test("a time without an end is none", () => {
  expect(readTime("infinity").getTime()).toBeNaN();
});

test("any time is read as Date reads it", () => {
  for (let ms = -2e12; ms < 4e12; ms += 1.37e9) {
    const text = new Date(ms).toISOString().replace("T", " ").replace("Z", "+00");
    expect(readTime(text).getTime()).toBe(ms);
  }
});
