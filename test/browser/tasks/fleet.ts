import { expect } from "bun:test";
import type { Page } from "playwright-core";
import { SILENT_AFTER_S, type Story } from "./story.ts";

/** 1: whether all is well stands on the page that opens, and how old that is beside it. */
export async function isTheFleetWell({ hub, page, visitor, start, done }: Story): Promise<void> {
  await start("/login");
  const came = visitor.go("/");
  await page.locator("#as-of-age").waitFor();
  done();
  expect(await came).toBe(200);
  expect(await page.locator(".asof").innerText()).toMatch(/as of \d\d:\d\d:\d\d UTC, \d+ s ago/);
  const { context } = hub;
  const [rigs] = await context.sql<{ all: number; silent: number; revoked: number }[]>`
    select count(*) as all, count(*) filter (where status = 'revoked') as revoked,
      count(*) filter (where status <> 'revoked'
        and greatest(last_seen, last_sync, registered_at) < ${new Date(context.clock.now() - SILENT_AFTER_S * 1000)}) as silent
    from rigs`;
  const shown = await figures(page);
  expect(shown["rigs revoked"]).toBe(rigs?.revoked);
  expect(shown["rigs silent, over 48 h"]).toBe(rigs?.silent);
  const states = ["rigs active", "rigs late", "rigs silent, over 48 h", "rigs revoked"];
  expect(states.reduce((sum, state) => sum + (shown[state] ?? NaN), 0)).toBe(rigs?.all ?? NaN);
  expect(await page.locator("section[aria-labelledby=attention]").innerText()).toContain("is silent");
  // The age goes on by itself.
  const first = await page.locator("#as-of-age").innerText();
  await page.waitForFunction((was) => document.getElementById("as-of-age")?.textContent !== was, first);
}

/** 2: the list is behind its figure, and its address is the whole of it. */
export async function whichRigsAreSilent({ hub, page, start, click, opened, done, colleague }: Story): Promise<void> {
  await start("/");
  await click(page.getByRole("link", { name: /rigs silent/ }));
  await opened("Rigs");
  const rows = await silentRows(page);
  done();
  const { context } = hub;
  const silent = await context.sql<{ rig_id: string; heard_at: Date }[]>`
    select rig_id, greatest(last_seen, last_sync, registered_at) as heard_at from rigs where status <> 'revoked'
      and greatest(last_seen, last_sync, registered_at) < ${new Date(context.clock.now() - SILENT_AFTER_S * 1000)}`;
  expect(rows.length).toBeGreaterThan(0);
  expect(rows).toHaveLength(silent.length);
  for (const { rig_id, heard_at } of silent) {
    const since = `${heard_at.toISOString().slice(0, 19).replace("T", " ")} UTC`;
    expect(rows.find((row) => row.includes(rig_id))).toContain(since);
  }
  const other = await colleague();
  expect(await other.go(page.url().slice(hub.url.length))).toBe(200);
  expect(await silentRows(other.page)).toEqual(rows);
}

/** Rig, state and since when; ages differ from one second to the next. */
function silentRows(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("main tbody tr")].map((row) => {
      const cells = [...row.querySelectorAll("th, td")].slice(0, 3);
      for (const age of row.querySelectorAll("[data-age]")) age.textContent = "";
      return cells.map((cell) => (cell.textContent ?? "").trim()).join(" | ");
    }),
  );
}

function figures(page: Page): Promise<Record<string, number>> {
  return page.evaluate(() =>
    Object.fromEntries(
      [...document.querySelectorAll(".figures li")].map((item) => {
        const value = item.querySelector("strong")?.textContent ?? "";
        for (const part of item.querySelectorAll("small")) part.remove();
        const label = (item.textContent ?? "").replace(value, "").trim();
        return [label, Number(value.replaceAll(/[,+]/g, ""))];
      }),
    ),
  );
}
