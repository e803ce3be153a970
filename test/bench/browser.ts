// What the dashboard costs a browser, at 500 rigs, 1,000,000 events and 50,000 episodes.
// Run: bun test/bench/browser.ts [--scale 0.1]. Chromium is asked to take gzip alone, as it does over plain HTTP from
// another machine; bytes are those of the wire, headers included.
import { parseArgs } from "node:util";
import { seedLarge } from "../../scripts/demo/seed-large.ts";
import { seededRandom } from "../../src/base/random.ts";
import { recordOutcome } from "../../src/domain/outcomes.ts";
import { openBrowserHub, type BrowserHub } from "../browser/support/browser-hub.ts";
import { launchChromium } from "../browser/support/chromium.ts";
import { liveRig } from "../browser/support/live-rig.ts";
import { realClock } from "../browser/tasks/real-clock.ts";
import { first, heapOverTicks, onASlowLink, type Place } from "./browser/measures.ts";
import { report, type Figure } from "./report.ts";

const SEED = 20_261_125;
const KB = 1000;
/** Of the specification. */
const LIMITS = {
  firstBytes: 60 * KB,
  firstRequests: 6,
  revisitBytes: 12 * KB,
  tickBytes: 4 * KB,
  tickMs: 50,
  usableMs: 5000,
  heapGrowth: 1.1,
} as const;

const { values } = parseArgs({ options: { scale: { type: "string", default: "1" } } });
const hub = await openBrowserHub({
  clock: realClock,
  seed: ({ context }) => seedLarge({ ...context, random: seededRandom(SEED), scale: Number(values.scale) }),
});
const browser = await launchChromium();
const figures: Figure[] = [];
const event = await newestEvent(hub);
const rig = await liveRig(hub);
const happen = async () => {
  await rig.upload();
  await hub.curator.run("arrival");
};
for (const path of ["/", "/rigs", "/events", "/trends"])
  figures.push(...(await costOf({ browser, hub, path, happen })));
figures.push(...(await costOf({ browser, hub, path: event, happen: () => answerTo(hub, event) })));
for (const path of ["/", event]) figures.push(...(await slowAndLong({ browser, hub, path, happen })));
await browser.close();
await hub.close();
process.exit(report(figures));

async function costOf(place: Place): Promise<Figure[]> {
  const name = nameOf(place.path);
  const cost = await first(place);
  return [
    { name: `${name}: first view`, value: cost.first.bytes, unit: "bytes", atMost: LIMITS.firstBytes },
    { name: `${name}: first view`, value: cost.first.requests, unit: "requests", atMost: LIMITS.firstRequests },
    { name: `${name}: revisit`, value: cost.revisit.bytes, unit: "bytes", atMost: LIMITS.revisitBytes },
    { name: `${name}: tick without news`, value: cost.quietTick.bytes, unit: "bytes", atMost: LIMITS.tickBytes },
    { name: `${name}: tick with news`, value: cost.newsTick.bytes, unit: "bytes", atMost: LIMITS.tickBytes },
    { name: `${name}: all of it again`, value: cost.wholeTick.bytes, unit: "bytes", atMost: LIMITS.revisitBytes },
    { name: `${name}: all of it again, main thread`, value: cost.newsTickMs, unit: "ms median", atMost: LIMITS.tickMs },
  ];
}

async function slowAndLong(place: Place): Promise<Figure[]> {
  const name = nameOf(place.path);
  const { growth, nodes } = await heapOverTicks(place);
  const usable = await onASlowLink(place);
  return [
    { name: `${name}: usable at 256 kbit/s, 700 ms`, value: usable, unit: "ms", atMost: LIMITS.usableMs },
    { name: `${name}: heap over 1,000 ticks`, value: growth, unit: "×", atMost: LIMITS.heapGrowth },
    { name: `${name}: nodes over 1,000 ticks`, value: nodes, unit: "×", atMost: LIMITS.heapGrowth },
  ];
}

/** Its driller gives another answer. */
async function answerTo({ context }: BrowserHub, path: string): Promise<void> {
  const eventId = decodeURIComponent(path.slice("/events/".length));
  const [row] = await context.sql<{ rigId: string; keyHash: Uint8Array }[]>`
    select rig_id as "rigId", key_hash as "keyHash" from rigs
    where rig_id = (select rig_id from events where id = ${eventId})`;
  if (row === undefined) throw new Error("the event has no rig");
  await recordOutcome(context, {
    rig: row,
    eventId,
    patch: { outcome: "Escalated", action_taken: "Called the office" },
  });
}

function nameOf(path: string): string {
  return path === "/" ? "overview" : path.startsWith("/events/") ? "event" : path.slice(1);
}

/** With its episode and a full window: the most that an event's page shows. */
async function newestEvent({ context }: BrowserHub): Promise<string> {
  const [row] = await context.sql<{ id: string }[]>`
    select id from events where episode_id is not null and outcome = 'Resolved' order by timestamp desc limit 1`;
  if (row === undefined) throw new Error("the seed has no event with an episode");
  return `/events/${encodeURIComponent(row.id)}`;
}
