import { expect, test } from "bun:test";
import { testHub } from "../support/hub.ts";

const KIB = 1024;
const SERVED = [
  ["own/app.css", "text/css"],
  ["own/app.js", "text/javascript"],
  ["own/track.js", "text/javascript"],
  ["own/icon.svg", "image/svg+xml"],
  ["htmx/htmx.min.js", "text/javascript"],
  ["uplot/uPlot.iife.min.js", "text/javascript"],
  ["uplot/uPlot.min.css", "text/css"],
] as const;
const hub = testHub("embedded");

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return hub.send("GET", `/assets/${path}`, { headers });
}

test.each(SERVED)("%s is served as %s, and not sent again while it is the same", async (path, type) => {
  const reply = await get(path);
  expect(reply.status).toBe(200);
  expect(reply.headers.get("content-type")).toStartWith(type);
  expect(reply.headers.get("x-content-type-options")).toBe("nosniff");
  expect(reply.headers.get("cache-control")).toBe("no-cache");
  expect((await reply.arrayBuffer()).byteLength).toBeGreaterThan(100);
  expect((await get(path, { "if-none-match": reply.headers.get("etag") ?? "" })).status).toBe(304);
});

test.each(["htmx/htmx.js", "uplot/uPlot.esm.js", "own/../layout.tsx", "own/..%2flayout.tsx", "own/"])(
  "what pages do not use is not there: %s",
  async (path) => {
    expect((await get(path)).status).toBe(404);
  },
);

test("our own scripts stay within 8 kB together", async () => {
  const sizes = await Promise.all(
    ["own/app.js", "own/track.js"].map(async (path) => (await (await get(path)).arrayBuffer()).byteLength),
  );
  expect(sizes.reduce((left, right) => left + right)).toBeLessThanOrEqual(8 * KIB);
});
