import { describe, expect, test } from "bun:test";
import type { Page } from "playwright-core";
import { recordOutcome } from "../../src/domain/outcomes.ts";
import { categorise } from "../../src/recall/category.ts";
import type { FleetEvent } from "../../src/wire/event.ts";
import { CATEGORIES } from "../../src/wire/vocabulary.ts";
import { enrolRig, uploadOf, type EnrolledRig } from "../support/domain-hub.ts";
import { fixtureEvents } from "../support/fixtures.ts";
import type { OpenedHub } from "../support/hub.ts";
import { axe } from "./support/axe.ts";
import { suiteHub } from "./support/browser-hub.ts";
import { suiteBrowser } from "./support/chromium.ts";
import { overflow } from "./support/layout.ts";
import { NARROW_PX, openVisitor, type Visitor, type VisitorOptions } from "./support/visitor.ts";

const NEAR_PX = 1;
const rigs = new Map<string, EnrolledRig>();
const events = fixtureEvents();
const inCategory = (category: string): FleetEvent[] =>
  events.filter((event) => categorise(event).category === category);
const shown = CATEGORIES.flatMap((category) => inCategory(category).slice(3, 4));
const kick = inCategory("WellControl")[3];

const browser = suiteBrowser();
const hub = suiteHub({ seed });

async function seed({ context, ingest }: OpenedHub): Promise<void> {
  for (const event of shown) {
    const rig = rigs.get(event.rig_id) ?? (await enrolRig(context, event.rig_id));
    rigs.set(event.rig_id, rig);
    await ingest.accept(uploadOf(context, rig, event));
  }
}

function idOf(event: FleetEvent | undefined): string {
  if (event === undefined) throw new Error("the fixtures have no such event");
  return event.id;
}

async function open(event: FleetEvent | undefined, options: VisitorOptions = {}, query = ""): Promise<Visitor> {
  const visitor = await openVisitor(browser(), hub(), options);
  expect(await visitor.go(`/events/${idOf(event)}${query}`)).toBe(200);
  if (options.script !== false) await visitor.page.waitForSelector(".log.drawn .u-over");
  return visitor;
}

interface Plot {
  readonly track: string;
  readonly top: number;
  readonly height: number;
  readonly width: number;
}

/** The areas that curves are drawn in, of the tracks on show. */
function plots(page: Page): Promise<Plot[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll<HTMLElement>(".log-plot")]
      .filter((host) => host.checkVisibility())
      .map((host) => {
        const { top, height, width } = (host.querySelector(".u-over") ?? host).getBoundingClientRect();
        return { track: host.dataset["track"] ?? "", top, height, width };
      }),
  );
}

/** Where the cursor is: its line, and the dots on the curves. */
function cursor(page: Page): Promise<{ line: number; dots: number[]; now: number; at: string }> {
  return page.evaluate(() => {
    const middle = (element: Element): number => {
      const { top, height } = element.getBoundingClientRect();
      return top + height / 2;
    };
    const area = document.querySelector("#log-plots");
    return {
      line: middle(document.querySelector(".log-cursor") ?? document.body),
      dots: [...document.querySelectorAll(".log-dot")].filter((dot) => dot.checkVisibility()).map(middle),
      now: Number(area?.getAttribute("aria-valuenow")),
      at: document.querySelector("[data-part=at]")?.textContent ?? "",
    };
  });
}

describe("tracks", () => {
  test.each(shown.map((event) => [categorise(event).category, event] as const))(
    "of %s have the same top and height, and one cursor across",
    async (_, event) => {
      const visitor = await open(event);
      const areas = await plots(visitor.page);
      expect(areas.length).toBeGreaterThanOrEqual(4);
      for (const { top, height, width } of areas) {
        expect([top, height]).toEqual([areas[0]?.top ?? 0, areas[0]?.height ?? 0]);
        expect(Math.abs(width - (areas[0]?.width ?? 0))).toBeLessThanOrEqual(NEAR_PX);
      }
      const { line, dots } = await cursor(visitor.page);
      expect(dots.length).toBeGreaterThanOrEqual(areas.length);
      for (const dot of dots) expect(Math.abs(dot - line)).toBeLessThanOrEqual(NEAR_PX);
      visitor.expectNoProblems();
      await visitor.close();
    },
  );

  test("keys move the cursor, and the slider says every value with its unit", async () => {
    const { page, ...visitor } = await open(kick);
    const newest = (kick?.history_window.length ?? 0) - 1;
    await page.focus("#log-plots");
    expect((await cursor(page)).now).toBe(newest);
    const placed: number[] = [];
    for (const key of ["Home", "ArrowDown", "ArrowDown", "ArrowUp", "PageDown", "End", "ArrowDown"]) {
      await page.keyboard.press(key);
      placed.push((await cursor(page)).now);
    }
    expect(placed).toEqual([0, 1, 2, 1, 11, newest, newest]);
    const said = (await page.getAttribute("#log-plots", "aria-valuetext")) ?? "";
    for (const words of ["Flow in", "Flow out", "gpm", "Pit rate", "bbl/h", "SPP", "psi", "Gas", "ECD margin", "ROP"])
      expect(said).toContain(words);
    expect(await page.locator("[aria-live]").count()).toBe(0);
    visitor.expectNoProblems();
    await visitor.close();
  });

  test("the header row shows the values of the table's row", async () => {
    const { page, ...visitor } = await open(kick, {}, "?tracks=spp,wob_rop");
    await page.focus("#log-plots");
    await page.keyboard.press("Home");
    const values = await page.locator(".log-head output").allTextContents();
    await page.locator(".snapshots > summary").click();
    const cells = await page.locator(".snapshots tbody tr").first().locator("td").allTextContents();
    expect(values).toEqual([cells[5] ?? "", cells[2] ?? "", cells[1] ?? ""]);
    await visitor.close();
  });

  test("the pointer finds the same snapshot in whichever track it is", async () => {
    const { page, ...visitor } = await open(kick);
    const found = new Set<number>();
    for (const host of await page.locator(".log-plot").all()) {
      await host.hover({ position: { x: 100, y: 150 } });
      found.add((await cursor(page)).now);
    }
    expect(found.size).toBe(1);
    await visitor.close();
  });

  test("they follow the window's width", async () => {
    const { page, ...visitor } = await open(kick);
    const before = await plots(page);
    await page.setViewportSize({ width: 1000, height: 800 });
    await page.waitForFunction(
      (width) => (document.querySelector(".u-over")?.clientWidth ?? width) < width - 10,
      before[0]?.width ?? 0,
    );
    const after = await plots(page);
    expect(after).toHaveLength(before.length);
    expect(await overflow(page)).toEqual([]);
    expect(new Set(after.map(({ top, height }) => `${top} ${height}`)).size).toBe(1);
    await visitor.close();
  });

  test("a phone has two and a picker, and its address brings the same two again", async () => {
    const { page, ...visitor } = await open(kick, { width: NARROW_PX });
    const names = async (): Promise<string[]> => (await plots(page)).map(({ track }) => track);
    expect(await names()).toEqual(["flow", "balance"]);
    await page.selectOption("[data-place='1']", "gas_ecd");
    expect(await names()).toEqual(["flow", "gas_ecd"]);
    expect(new URL(page.url()).searchParams.get("tracks")).toBe("flow,gas_ecd,spp,balance,wob_rop");
    await page.reload();
    await page.waitForSelector(".log.drawn .u-over");
    expect(await names()).toEqual(["flow", "gas_ecd"]);
    expect(await overflow(page)).toEqual([]);
    visitor.expectNoProblems();
    await visitor.close();
  });

  test("an answer that arrives is shown, and the cursor stays where it was", async () => {
    const { page, ...visitor } = await open(kick);
    await page.focus("#log-plots");
    await page.keyboard.press("Home");
    await page.locator(".snapshots > summary").click();
    const rig = rigs.get(kick?.rig_id ?? "");
    if (rig === undefined) throw new Error("the rig was not enrolled");
    const patch = { outcome: "Resolved", action_taken: "Shut the well in" } as const;
    await recordOutcome(hub().context, { rig: rig.identity, eventId: idOf(kick), patch });
    await page.evaluate(() => document.querySelector("#live")?.dispatchEvent(new CustomEvent("fleet:tick")));
    await page.waitForFunction(() => document.querySelector("#live")?.textContent.includes("Shut the well in"));
    expect((await cursor(page)).now).toBe(0);
    expect((await plots(page)).length).toBe(5);
    expect(await page.locator(".snapshots").getAttribute("open")).not.toBeNull();
    visitor.expectNoProblems();
    await visitor.close();
  });

  test("without a script header row, sentence and table are there, and no empty frames", async () => {
    const { page, ...visitor } = await open(kick, { script: false });
    expect(await page.locator("#log-plots").isVisible()).toBe(false);
    expect(await page.getByText("The curves need a script").isVisible()).toBe(true);
    expect(await page.locator(".log-head output").first().textContent()).toMatch(/\d/);
    expect(await page.locator(".snapshots tbody tr").count()).toBe(kick?.history_window.length ?? 0);
    await visitor.close();
  });

  test.each([
    ["light", { theme: "light" }],
    ["dark", { theme: "dark" }],
    ["forced colours", { forcedColors: true }],
    ["a phone", { width: NARROW_PX }],
  ] as const)("nothing stands in the way of anyone in %s", async (_, options) => {
    const { page, ...visitor } = await open(kick, options);
    await page.locator("main details").evaluateAll((all) => {
      for (const details of all) if (details instanceof HTMLDetailsElement) details.open = true;
    });
    expect(await axe(page)).toEqual([]);
    expect(await overflow(page)).toEqual([]);
    visitor.expectNoProblems();
    await visitor.close();
  });
});
