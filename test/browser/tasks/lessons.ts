import { expect } from "bun:test";
import type { Page } from "playwright-core";
import { readCsv } from "../support/csv.ts";
import type { Story } from "./story.ts";

const FROM_FT = 9000;
const TO_FT = 11_000;

/** 9: how often which action worked, with the events that say so behind it. Pack-offs are of the category Mechanical. */
export async function whatWorked({ page, start, click, opened, done }: Story): Promise<void> {
  await start("/");
  await click(page.getByRole("navigation", { name: "Views" }).getByRole("link", { name: "Outcomes" }));
  await opened("Outcomes");
  const filters = page.locator("form.filters");
  await filters.getByLabel("Category").selectOption("Mechanical");
  await filters.getByLabel("Campaign").selectOption("PlugAbandonment");
  await filters.getByLabel("Depth from").fill(String(FROM_FT));
  await filters.getByLabel("Depth to").fill(String(TO_FT));
  await click(filters.getByRole("button", { name: "Show" }));
  await filters.getByRole("link", { name: "Clear the filter" }).waitFor();
  const row = page.locator("section[aria-labelledby=actions] tbody tr").first();
  const action = (await row.locator("th").innerText()).trim();
  const share = row.getByRole("link", { name: /^[\d,]+ of [\d,]+$/ });
  const [resolved = NaN, tried = NaN] = (await share.innerText()).split(" of ").map(Number);
  await click(share);
  await opened("Events");
  done();
  expect(resolved).toBeGreaterThanOrEqual(3);
  expect(tried).toBeGreaterThanOrEqual(resolved);
  expect(await page.locator("main tbody tr").count()).toBeWithin(1, resolved + 1);
  const events = await eventsOfTheFile(page);
  expect(events).toHaveLength(resolved);
  for (const event of events) {
    expect(event).toMatchObject({ category: "Mechanical", campaign: "PlugAbandonment", outcome: "Resolved" });
    expect(words(event["action"] ?? "")).toBe(words(action));
    expect(Number(event["depth_ft"])).toBeWithin(FROM_FT, TO_FT + 1);
  }
}

/** Drillers write the same with a full stop and without. */
function words(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, " ")
    .trim();
}

/** All of the list: a page of it may end before, to stay quick. */
async function eventsOfTheFile(page: Page): Promise<Readonly<Record<string, string>>[]> {
  const href = await page.getByRole("link", { name: "CSV" }).getAttribute("href");
  const reply = await page.context().request.get(href ?? "");
  const [heads = [], ...rows] = readCsv(await reply.text());
  return rows.slice(0, -1).map((row) => Object.fromEntries(heads.map((head, at) => [head, row[at] ?? ""])));
}
