import { expect } from "bun:test";
import type { Page } from "playwright-core";
import type { Story } from "./story.ts";

const AT_LEAST = 40;
const NOTE = "Sent twice by the rig software of this month";

/** 6: one press decides for all of one reason; they leave, and one can come back. */
export async function clearTheQuarantine({ hub, page, start, click, opened, done }: Story): Promise<void> {
  const { sql } = hub.context;
  const waiting = async (): Promise<number> => {
    const [row] = await sql<{ entries: number }[]>`
      select count(*) as entries from quarantine where reason = 'conflict' and decision is null`;
    return row?.entries ?? 0;
  };
  const before = await waiting();
  expect(before).toBeGreaterThanOrEqual(AT_LEAST);
  await start("/");
  await click(page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: /Quarantine/ }));
  await opened("Quarantine");
  await click(page.locator(".chips").getByRole("link", { name: /same id, other body/ }));
  await page.locator(".chips [aria-current=true]").waitFor();
  await page.getByLabel("Note").fill(NOTE);
  await click(page.getByLabel(`all ${before} matching`));
  await click(page.getByRole("button", { name: "Discard", exact: true }));
  await opened("Decided");
  done();
  expect(await page.locator("p.done").innerText()).toContain(`${before} discarded`);
  expect(await waiting()).toBe(0);
  await click(page.getByRole("link", { name: "Back to the list" }));
  await opened("Quarantine");
  expect(await page.locator("main tbody tr").count()).toBe(0);
  await takeOneBack(page, hub.url);
  expect(await waiting()).toBe(1);
}

async function takeOneBack(page: Page, url: string): Promise<void> {
  await page.goto(`${url}/quarantine?reason=conflict&state=discarded`);
  const row = page.locator("main tbody tr").first();
  expect(await row.innerText()).toContain(NOTE.slice(0, 20));
  await row.getByRole("checkbox").check();
  await page.getByLabel("Note").fill("Look at this one again");
  await page.getByRole("button", { name: "Take back" }).click();
  await page.locator("h1").filter({ hasText: "Decided" }).waitFor();
}
