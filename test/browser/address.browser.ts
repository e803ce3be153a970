import { expect, test } from "bun:test";
import { seededRandom } from "../../src/base/random.ts";
import { suiteHub } from "./support/browser-hub.ts";
import { suiteBrowser } from "./support/chromium.ts";
import { seedFleet } from "./support/fleet.ts";
import { rowIds } from "./support/live.ts";
import { openVisitor, type Visitor } from "./support/visitor.ts";

const LISTS = ["/rigs", "/events", "/library", "/quarantine", "/admin/audit"];
const ROUNDS = 4;

const browser = suiteBrowser();
const hub = suiteHub({ seed: (opened) => seedFleet(opened) });

/** Chooses something in each drop-down of the filter, or nothing, and sends it as a person does. */
async function filterAtRandom({ page }: Visitor, random: () => number): Promise<string[]> {
  const chosen: string[] = [];
  if ((await page.locator("main form.filters").count()) === 0) return chosen;
  await page.evaluate(() => {
    for (const details of document.querySelectorAll<HTMLDetailsElement>("form.filters details")) details.open = true;
  });
  for (const select of await page.locator("main form.filters select").all()) {
    const values = await select
      .locator("option")
      .evaluateAll((options) => options.map((option) => (option instanceof HTMLOptionElement ? option.value : "")));
    const value = values[random() % values.length] ?? "";
    if (random() % 2 === 0) continue;
    await select.selectOption(value);
    chosen.push(value);
  }
  await Promise.all([page.waitForEvent("load"), page.locator("main form.filters button").first().click()]);
  return chosen;
}

test.each(LISTS)(
  "%s: a filter stands in the address, and reload, Back and a colleague see the same rows",
  async (list) => {
    const random = seededRandom(list.length);
    const visitor = await openVisitor(browser(), hub());
    const colleague = await openVisitor(browser(), hub(), { role: "viewer" });
    const { page } = visitor;
    for (let round = 0; round < ROUNDS; round++) {
      await visitor.go(list);
      const chosen = await filterAtRandom(visitor, () => random.u32());
      const address = new URL(page.url());
      expect([...address.searchParams.values()]).toEqual(
        expect.arrayContaining(chosen.filter((value) => value !== "")),
      );
      const rows = await rowIds(page);
      await page.reload();
      expect(await rowIds(page)).toEqual(rows);
      await visitor.go("/");
      await page.goBack();
      expect(page.url()).toBe(address.href);
      expect(await rowIds(page)).toEqual(rows);
      await colleague.go(address.pathname + address.search);
      expect(await rowIds(colleague.page)).toEqual(rows);
    }
    visitor.expectNoProblems();
    colleague.expectNoProblems();
    await visitor.close();
    await colleague.close();
  },
);
