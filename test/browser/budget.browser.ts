import { afterAll, expect, test } from "bun:test";
import { suiteHub } from "./support/browser-hub.ts";
import { suiteBrowser } from "./support/chromium.ts";
import { seedFleet } from "./support/fleet.ts";
import { tick } from "./support/live.ts";
import { meterOf, type Traffic } from "./support/meter.ts";
import { viewCases } from "./support/views.ts";
import { openVisitor } from "./support/visitor.ts";

const FIRST_MAX = { bytes: 60_000, requests: 6 } as const;
const REVISIT_MAX_BYTES = 12_000;
const TICK_MAX_BYTES = 4000;
const RIG_LINK = { kbitPerS: 256, latencyMs: 700 } as const;
const USABLE_MAX_MS = 5000;
/** All that a browser offers over plain HTTP, as in the tunnel; on this machine it would offer more. */
const PLAIN_HTTP = { "Accept-Encoding": "gzip, deflate" } as const;

const browser = suiteBrowser();
const hub = suiteHub({ seed: (opened) => seedFleet(opened) });
const lines: string[] = [];

function line(route: string, first: Traffic, again: Traffic, ticked: Traffic | undefined): string {
  const parts = [`${first.requests}`, `${first.bytes}`, `${again.bytes}`, `${ticked?.bytes ?? "—"}`];
  return route.padEnd(28) + parts.map((part) => part.padStart(12)).join("");
}

test("each view fits its budget at the first visit, at the next, and at a refresh with nothing new", async () => {
  const found: string[] = [];
  for (const { path, route } of await viewCases(hub())) {
    const visitor = await openVisitor(browser(), hub());
    await visitor.context.setExtraHTTPHeaders(PLAIN_HTTP);
    const meter = await meterOf(visitor.page);
    await visitor.go(path);
    const first = meter.read();
    await visitor.go(path);
    const again = meter.read();
    const isLive = (await visitor.page.locator("#live[data-shown]").count()) > 0;
    if (isLive) await tick(visitor.page);
    const ticked = isLive ? meter.read() : undefined;
    lines.push(line(route, first, again, ticked));
    if (first.bytes > FIRST_MAX.bytes || first.requests > FIRST_MAX.requests) found.push(`${route}: first visit`);
    if (again.bytes > REVISIT_MAX_BYTES) found.push(`${route}: next visit ${again.bytes} bytes`);
    if ((ticked?.bytes ?? 0) > TICK_MAX_BYTES) found.push(`${route}: refresh ${ticked?.bytes} bytes`);
    visitor.expectNoProblems();
    await visitor.close();
  }
  expect(found).toEqual([]);
});

test.each(["/", "/events", "/events/:id", "/trends"])(
  "%s is whole within five seconds at the end of a rig's link",
  async (route) => {
    const view = (await viewCases(hub())).find((known) => known.route === route);
    const visitor = await openVisitor(browser(), hub());
    await visitor.context.setExtraHTTPHeaders(PLAIN_HTTP);
    await (await meterOf(visitor.page)).throttle(RIG_LINK);
    const started = performance.now();
    await visitor.go(view?.path ?? route);
    const tookMs = performance.now() - started;
    lines.push(`${route} at ${RIG_LINK.kbitPerS} kbit/s, ${RIG_LINK.latencyMs} ms: ${Math.round(tookMs)} ms`);
    expect(tookMs).toBeLessThan(USABLE_MAX_MS);
    visitor.expectNoProblems();
    await visitor.close();
  },
);

afterAll(() => {
  const head = ["requests", "first", "next", "refresh"].map((name) => name.padStart(12)).join("");
  process.stdout.write(`\n${"".padEnd(28)}${head}\n${lines.join("\n")}\n`);
});
