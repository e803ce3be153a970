import { expect } from "bun:test";
import type { Page } from "playwright-core";
import type { Story } from "./story.ts";

/** Each of four parts is rounded to four digits. */
const ROUNDING = 0.000_25;
/** Of a merge, as settings have it. */
const RULE = /One rig, one category, each step to the next at most .+ and [\d.,]+ ft, all within [\d.,]+ min/;

/** 5: the score is a sum that anybody can check, and each merged event says how far it is from the one before. */
export async function whyThisScore({ hub, page, start, click, opened, done }: Story): Promise<void> {
  const [merged] = await hub.context.sql<{ event: string; episode: string; score: number; events: number }[]>`
    select e.id as event, p.id as episode, p.score, p.event_count as events
    from episodes p join events e on e.episode_id = p.id
    where not p.archived and p.event_count between 3 and 20 and p.outcome = 'Resolved'
    order by p.timestamp desc, e.timestamp limit 1`;
  if (merged === undefined) throw new Error("the seed has no merged episode");
  await start(`/events/${merged.event}`);
  await click(page.locator(`a[href="/episodes/${merged.episode}"]`).first());
  await opened(/./);
  await page.locator("#score").waitFor();
  await page.locator("#sources").waitFor();
  done();
  const { lines, total } = await sumOnShow(page);
  expect(lines).toHaveLength(4);
  for (const { weight, term, part } of lines) expect(Math.abs(weight * term - part)).toBeLessThan(ROUNDING);
  expect(Math.abs(lines.reduce((sum, { part }) => sum + part, 0) - total)).toBeLessThan(ROUNDING);
  expect(Math.abs(total - merged.score)).toBeLessThan(ROUNDING);
  const sources = page.locator("section[aria-labelledby=sources]");
  expect(await sources.innerText()).toMatch(RULE);
  await expectTrueSteps(page, merged.events);
}

function sumOnShow(page: Page) {
  return page.evaluate(() => {
    const section = document.querySelector("section[aria-labelledby=score]");
    const numbers = (row: Element): number[] =>
      [...row.querySelectorAll("td")].map((cell) => Number((cell.textContent ?? "").replace("−", "-")));
    const rows = [...(section?.querySelectorAll("tbody tr") ?? [])].map(numbers);
    const lines = rows.map(([weight = NaN, term = NaN, part = NaN]) => ({ weight, term, part }));
    return { lines, total: Number(section?.querySelector("tfoot td")?.textContent) };
  });
}

/** The steps that are told are those between the depths and times beside them. */
async function expectTrueSteps(page: Page, events: number): Promise<void> {
  const rows = await page.evaluate(() =>
    [...document.querySelectorAll("section[aria-labelledby=sources] tbody tr")].map((row) => ({
      why: row.querySelector("td")?.textContent ?? "",
      atMs: Date.parse(row.querySelector("time")?.dateTime ?? ""),
      ft: Number((row.querySelector("td.number")?.textContent ?? "").replaceAll(",", "")),
    })),
  );
  expect(rows).toHaveLength(events);
  for (const [at, { why, ft }] of rows.entries()) {
    const before = rows[at - 1];
    if (before === undefined) continue;
    const [, sign = "", told = ""] = /, ([+−])([\d.,]+) ft from the one before/.exec(why) ?? [];
    const step = (sign === "−" ? -1 : 1) * Number(told.replaceAll(",", ""));
    expect(Math.abs(step - (ft - before.ft))).toBeLessThan(0.15);
  }
}
