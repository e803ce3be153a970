import { expect } from "bun:test";
import type { Page } from "playwright-core";
import { rotateRigKey } from "../../../src/domain/rig-keys.ts";
import { registerRig } from "../../../src/domain/rigs.ts";
import type { FleetEvent } from "../../../src/wire/event.ts";
import { FLEET_API } from "../../../src/wire/protocol.ts";
import type { BrowserHub } from "../support/browser-hub.ts";
import { rigOverHttp } from "./rig-over-http.ts";
import { AUDITED } from "./stage.ts";
import type { Story } from "./story.ts";

const RIG = { rig_id: "RIG-KICK-1", well_id: "HALEY 12-7H", field: "Permian Basin", time_zone: "America/Chicago" };
const PEER = { rig_id: "RIG-PEER-1", well_id: "WOLFCAMP 23H", field: "Permian Basin" };
const DEPTH_FT = 10_400;
const ACTION = "Shut in on the annular, circulated 12.4 ppg kill mud";
/** Who was heard of within it is on the line and syncs; the others are away. */
const ACTIVE_S = 8 * 3600;

export interface Incident {
  readonly event: FleetEvent;
  /** Rigs that have fetched the library since. */
  readonly synced: readonly string[];
}

/** A rig sends a Critical event, its driller answers, curation makes an episode, and who is on the line fetches it. */
export async function stageIncident(hub: BrowserHub): Promise<Incident> {
  const { context, curator } = hub;
  const { api_key } = await registerRig(context, RIG, AUDITED);
  const rig = rigOverHttp(hub, RIG.rig_id, api_key);
  const timestamp = Math.floor(context.clock.now() / 1000) - 60;
  const event = rig.event({
    timestamp,
    depth: DEPTH_FT,
    advisory: { risk_level: "Critical", severity: "Critical" },
  });
  expect(await rig.upload(event)).toEqual({ kind: "accepted" });
  await rig.answer(event.id, { outcome: "Resolved", action_taken: ACTION, notes: "Gained 9 bbl" });
  await curator.run("request");
  const peer = rigOverHttp(hub, PEER.rig_id, (await registerRig(context, PEER, AUDITED)).api_key);
  await peer.sync();
  return { event, synced: [PEER.rig_id, ...(await syncTheOthers(hub))] };
}

/** Fetches what is new for each rig of the seed that is on the line. */
async function syncTheOthers({ context, url }: BrowserHub): Promise<string[]> {
  const active = await context.sql<{ rig_id: string; version: number }[]>`
    select rig_id, (select max(version) from library_versions) as version from rigs
    where status <> 'revoked' and rig_id not like 'RIG-%'
      and last_seen > ${new Date(context.clock.now() - ACTIVE_S * 1000)}`;
  for (const { rig_id, version } of active) {
    const { api_key } = await rotateRigKey(context, rig_id, AUDITED);
    const reply = await fetch(`${url}${FLEET_API}/library?since=${version - 1}`, {
      headers: { Authorization: `Bearer ${api_key}` },
    });
    expect(reply.status).toBe(200);
    await reply.arrayBuffer();
  }
  return active.map(({ rig_id }) => rig_id);
}

/** 3: what, where, how bad and what the driller did, without scrolling. */
export async function aCriticalCameIn(story: Story, { event }: Incident): Promise<void> {
  const { page, start, click, opened, done } = story;
  await start("/");
  await click(page.locator(`tr[id="event-${event.id}"] a[href*="/events/"]`));
  await opened(/./);
  await page.locator("#done").waitFor();
  done();
  expect(page.url()).toContain(`/events/${event.id}`);
  const [what = "", where = "", action = "", helped = ""] = await answersOnTheFirstScreen(page);
  expect(what).toContain("◆");
  expect(what).toContain("Critical");
  expect(what).toContain("WellControl");
  expect(where).toContain(RIG.rig_id);
  expect(where).toContain("10,400.0 ft");
  expect(where).toContain(event.well_id);
  expect(action).toContain("Resolved");
  expect(action).toContain(ACTION);
  expect(action).toContain("Gained 9 bbl");
  expect(helped).toMatch(/\d+ of \d+ rigs have it/);
}

/** 4: further down the same page each rig has its line, and the ones without the lesson say why. */
export async function didTheOthersGetIt(story: Story, { event, synced }: Incident): Promise<void> {
  const { hub, page, start, done } = story;
  await start(`/events/${event.id}`);
  const reach = page.locator("section[aria-labelledby=reach]");
  await reach.getByRole("row").first().waitFor();
  done();
  const rows = await page.evaluate(() =>
    [...document.querySelectorAll("section[aria-labelledby=reach] tbody tr")].map((row) => ({
      rig: row.querySelector("th")?.textContent ?? "",
      state: row.querySelector("td")?.textContent ?? "",
    })),
  );
  const others = await hub.context.sql<{ rig_id: string }[]>`
    select rig_id from rigs where status <> 'revoked' and rig_id <> ${RIG.rig_id}`;
  expect(await reach.innerText()).toContain(`${synced.length} of ${others.length} rigs have it`);
  const without = others.map(({ rig_id }) => rig_id).filter((rig) => !synced.includes(rig));
  expect(without.length).toBeGreaterThan(0);
  for (const rig of without) {
    expect(rows.find((row) => row.rig === rig)?.state).toMatch(/^✕ (?:behind: at version|never fetched the library)/);
  }
  const having = rows.filter(({ state }) => state.startsWith("✓ has it"));
  expect(having.length).toBeGreaterThan(0);
  expect(having.filter(({ rig }) => !synced.includes(rig))).toEqual([]);
}

/** Texts of the sections that end above the fold. */
function answersOnTheFirstScreen(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    ["what", "where", "done", "helped"].map((id) => {
      const section = document.getElementById(id)?.closest("section");
      if (scrollY !== 0 || section === null || section === undefined) return "";
      return section.getBoundingClientRect().bottom <= innerHeight ? section.innerText : "";
    }),
  );
}
