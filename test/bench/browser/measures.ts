import type { Browser, Page } from "playwright-core";
import type { BrowserHub } from "../../browser/support/browser-hub.ts";
import { settled, tick } from "../../browser/support/live.ts";
import { meterOf, type Meter, type Traffic } from "../../browser/support/meter.ts";
import { openVisitor, type Visitor } from "../../browser/support/visitor.ts";

/** What a browser over plain HTTP takes from another machine. */
const OVER_HTTP = { "Accept-Encoding": "gzip, deflate" };
const SATELLITE = { kbitPerS: 256, latencyMs: 700 };
/** Until scripts are compiled and the 250 timings that a browser keeps of a page are full. */
const WARM_TICKS = 300;
const TICKS = 1000;
const TIMED_TICKS = 15;

export interface Place {
  readonly browser: Browser;
  readonly hub: BrowserHub;
  readonly path: string;
  /** Brings what a page has to tell. */
  readonly happen: () => Promise<unknown>;
}

export interface ViewCost {
  readonly first: Traffic;
  readonly revisit: Traffic;
  /** Nothing changed since the page was read. */
  readonly quietTick: Traffic;
  /** An event came and was curated. */
  readonly newsTick: Traffic;
  /** The whole view comes again: another hub answers, which knows nothing of the page. */
  readonly wholeTick: Traffic;
  readonly newsTickMs: number;
}

/** One visitor with an empty cache: the page, the page again, and its refreshes. */
export async function first(place: Place): Promise<ViewCost> {
  const { visitor, meter } = await open(place);
  await show(visitor, place);
  const cost = { first: meter.read() };
  await show(visitor, place);
  const revisit = meter.read();
  await tick(visitor.page);
  const quietTick = meter.read();
  await place.happen();
  if ((await tick(visitor.page)).status() !== 200) throw new Error(`${place.path} had no news`);
  const newsTick = meter.read();
  // Whoever looks presses for rows that wait.
  await show(visitor, place);
  meter.read();
  await wholeTick(visitor.page);
  const whole = meter.read();
  const times: number[] = [];
  for (let round = 0; round < TIMED_TICKS; round++) times.push(await mainThreadMs(visitor.page));
  await visitor.close();
  return { ...cost, revisit, quietTick, newsTick, wholeTick: whole, newsTickMs: median(times) };
}

/** Factors of what is held after many refreshes that each bring the whole view. */
export async function heapOverTicks(place: Place): Promise<{ growth: number; nodes: number }> {
  const { visitor, meter } = await open(place);
  await show(visitor, place);
  for (let round = 0; round < WARM_TICKS; round++) await wholeTick(visitor.page);
  const before = await meter.heap();
  for (let round = 0; round < TICKS; round++) await wholeTick(visitor.page);
  const after = await meter.heap();
  await visitor.close();
  return { growth: after.bytes / before.bytes, nodes: after.nodes / before.nodes };
}

/** From the address to a page that shows its view and answers, its curves drawn. */
export async function onASlowLink(place: Place): Promise<number> {
  const { visitor, meter } = await open(place);
  await meter.throttle(SATELLITE);
  const started = performance.now();
  await visitor.page.goto(place.hub.url + place.path, { waitUntil: "domcontentloaded" });
  if (await visitor.page.locator(".log").count()) await visitor.page.locator(".log.drawn").first().waitFor();
  const took = performance.now() - started;
  await visitor.close();
  return took;
}

async function open({ browser, hub }: Place): Promise<{ visitor: Visitor; meter: Meter }> {
  const visitor = await openVisitor(browser, hub);
  await visitor.context.setExtraHTTPHeaders(OVER_HTTP);
  return { visitor, meter: await meterOf(visitor.page) };
}

async function show(visitor: Visitor, { path }: Place): Promise<void> {
  const status = await visitor.go(path);
  if (status !== 200) throw new Error(`${path} answered ${status}`);
  await settled(visitor.page);
}

/** The page forgets what it shows, so that the hub sends all of it. */
async function wholeTick(page: Page): Promise<void> {
  await page.evaluate(() => document.getElementById("live")?.setAttribute("data-shown", ""));
  await tick(page);
}

/** What the page's main thread works during a refresh, drawing included; other programs of the machine do not count. */
async function mainThreadMs(page: Page): Promise<number> {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const spent = async (): Promise<number> => {
    const { metrics } = await session.send("Performance.getMetrics");
    return metrics.find(({ name }) => name === "TaskDuration")?.value ?? 0;
  };
  const before = await spent();
  await wholeTick(page);
  const after = await spent();
  await session.detach();
  return (after - before) * 1000;
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? NaN;
}
