import { expect, test } from "bun:test";
import { suiteHub } from "./support/browser-hub.ts";
import { suiteBrowser } from "./support/chromium.ts";
import { seedFleet } from "./support/fleet.ts";
import { refreshOften } from "./support/live.ts";
import { meterOf } from "./support/meter.ts";
import { openVisitor } from "./support/visitor.ts";

const WARM_UP = 100;
const TICKS = 1000;
/** What a collection leaves is never the same to the byte. */
const GROWTH_MAX_BYTES = 500_000;
const NODES_MAX = 1.05;

const browser = suiteBrowser();
const hub = suiteHub({ seed: (opened) => seedFleet(opened) });

test.each(["/", "/events"])("%s is as large after a thousand refreshes as before", async (path) => {
  const visitor = await openVisitor(browser(), hub());
  await visitor.go(path);
  const meter = await meterOf(visitor.page);
  await refreshOften(visitor.page, WARM_UP);
  const before = await meter.heap();
  const started = performance.now();
  await refreshOften(visitor.page, TICKS);
  const after = await meter.heap();
  const each = (performance.now() - started) / TICKS;
  process.stdout.write(
    `${path}: ${each.toFixed(1)} ms a refresh, heap ${(before.bytes / 1e6).toFixed(2)} → ${(after.bytes / 1e6).toFixed(2)} MB, ${before.nodes} → ${after.nodes} nodes\n`,
  );
  expect(after.bytes - before.bytes).toBeLessThan(GROWTH_MAX_BYTES);
  expect(after.nodes).toBeLessThan(before.nodes * NODES_MAX);
  visitor.expectNoProblems();
  await visitor.close();
});
