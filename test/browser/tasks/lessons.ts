import { expect } from "bun:test";
import type { Page } from "playwright-core";
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
  const events = await eventsOnShow(page);
  expect(events).toHaveLength(resolved);
  for (const event of events) {
    expect(event).toMatchObject({ category: "Mechanical", outcome: "✓ Resolved" });
    expect(words(event.action)).toBe(words(action));
    expect(event.depthFt).toBeWithin(FROM_FT, TO_FT + 1);
  }
}

/** Drillers write the same with a full stop and without. */
function words(text: string): string {
  return text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, " ")
    .trim();
}

/** Cells by the words of their heads. */
async function eventsOnShow(page: Page) {
  const rows = await page.evaluate(() => {
    const text = (cell: Element | null | undefined): string => (cell?.textContent ?? "").trim();
    const heads = [...document.querySelectorAll("main thead th")].map((head) => text(head));
    return [...document.querySelectorAll("main tbody tr")].map((row) =>
      Object.fromEntries([...row.children].map((cell, at) => [heads[at] ?? "", text(cell)])),
    );
  });
  const cell = (row: Record<string, string>, head: string): string =>
    Object.entries(row).find(([name]) => name.startsWith(head))?.[1] ?? "";
  return rows.map((row) => ({
    category: cell(row, "Category"),
    outcome: cell(row, "Outcome"),
    action: cell(row, "Action"),
    depthFt: Number(cell(row, "Depth").replaceAll(",", "")),
  }));
}
