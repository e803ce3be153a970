import { beforeAll, describe, expect, test } from "bun:test";
import { suiteHub } from "./support/browser-hub.ts";
import { suiteBrowser } from "./support/chromium.ts";
import { seedFleet } from "./support/fleet.ts";
import { isRefresh, settled, tick, TICK_MS } from "./support/live.ts";
import { liveRig, type LiveRig } from "./support/live-rig.ts";
import { setVisible } from "./support/tab.ts";
import { viewCases } from "./support/views.ts";
import { openVisitor, type Visitor } from "./support/visitor.ts";

const MINUTES = 10;
/** From the refresh that fails to the banner. */
const BANNER_MS = 15_000;
const GONE = /ERR_CONNECTION|ERR_EMPTY|Failed to (?:load resource|fetch)/;
/** A refresh is a use of its session, and an enrolment refreshes one small part by itself. */
const MOVING = new Set(["/admin/sessions", "/admin/enrolments/:id"]);
const SIGNED_OUT = /\b401\b/;

const browser = suiteBrowser();
const hub = suiteHub({ seed: (opened) => seedFleet(opened) });
let rig: LiveRig;
beforeAll(async () => {
  rig = await liveRig(hub());
});

/** A visitor whose page's time the test moves. */
async function openFrozen(path: string): Promise<Visitor> {
  const visitor = await openVisitor(browser(), hub());
  await visitor.page.clock.install({ time: hub().context.clock.now() });
  await visitor.go(path);
  return visitor;
}

/** Of the view, without what a script keeps true or draws. */
function markup(page: Visitor["page"]): Promise<string> {
  return page.evaluate(() => {
    const view = document.getElementById("live")?.cloneNode(true);
    if (!(view instanceof HTMLElement)) return "";
    for (const part of view.querySelectorAll("[data-age]")) part.textContent = "";
    for (const part of view.querySelectorAll(".plot")) part.replaceChildren();
    for (const part of view.querySelectorAll("[name=form_token]")) part.remove();
    for (const part of view.querySelectorAll("[data-htmx-powered]")) part.removeAttribute("data-htmx-powered");
    return view.innerHTML;
  });
}

function countRefreshes({ page }: Visitor): () => number {
  let count = 0;
  page.on("request", (request) => {
    if (request.headers()["hx-request"] === "true") count += 1;
  });
  return () => count;
}

describe("who looks", () => {
  test("a tab that nobody sees asks for nothing, and asks at once when it is seen again", async () => {
    const visitor = await openFrozen("/");
    const refreshes = countRefreshes(visitor);
    await setVisible(visitor.page, false);
    await visitor.page.clock.runFor(MINUTES * TICK_MS);
    expect(refreshes()).toBe(0);
    const asked = visitor.page.waitForResponse(isRefresh);
    await setVisible(visitor.page, true);
    expect((await asked).status()).toBeLessThan(300);
    expect(refreshes()).toBe(1);
    visitor.expectNoProblems();
    await visitor.close();
  });

  test("a tab that somebody sees asks once a minute", async () => {
    const visitor = await openFrozen("/");
    const refreshes = countRefreshes(visitor);
    for (let minute = 1; minute <= 3; minute++) {
      const asked = visitor.page.waitForResponse(isRefresh);
      await visitor.page.clock.runFor(TICK_MS + 1000);
      await (await asked).finished();
      expect(refreshes()).toBe(minute);
    }
    visitor.expectNoProblems();
    await visitor.close();
  });
});

describe("what is sent", () => {
  test("time alone changes nothing: each view is answered without a body", async () => {
    const visitor = await openVisitor(browser(), hub());
    const found: string[] = [];
    for (const { path, route } of await viewCases(hub())) {
      await visitor.go(path);
      if (MOVING.has(route) || (await visitor.page.locator("#live").count()) === 0) continue;
      hub().context.clock.advance(TICK_MS);
      const status = (await tick(visitor.page)).status();
      if (status !== 204) found.push(`${route}: ${status}`);
    }
    visitor.expectNoProblems();
    await visitor.close();
    expect(found).toEqual([]);
  });

  test("what is new is shown where it was, and the page says of when it is", async () => {
    const visitor = await openVisitor(browser(), hub());
    await visitor.go("/");
    const before = await visitor.page.locator("#live").textContent();
    const asOf = await visitor.page.locator("#as-of").getAttribute("datetime");
    const id = await rig.upload();
    expect((await tick(visitor.page)).status()).toBe(200);
    await visitor.page.locator(`main a[href*="${id}"]`).first().waitFor();
    expect(await visitor.page.locator("#live").textContent()).not.toBe(before);
    expect(await visitor.page.locator("#as-of").getAttribute("datetime")).not.toBe(asOf);
    expect((await tick(visitor.page)).status()).toBe(204);
    visitor.expectNoProblems();
    await visitor.close();
  });

  test("what a refresh leaves out is on the page already: it ends as the page would be loaded", async () => {
    const visitor = await openVisitor(browser(), hub());
    const { page } = visitor;
    for (const path of ["/", "/rigs", "/rigs/RIG-LIVE-1", "/trends", "/outcomes"]) {
      await visitor.go(path);
      await rig.upload();
      await hub().curator.run("arrival");
      const reply = await tick(page);
      const [whole, sent] = [await markup(page), await reply.text()];
      expect(`${path}: ${sent.includes("<!--same ")}`).toBe(`${path}: true`);
      expect(whole).not.toContain("<!--same ");
      await visitor.go(path);
      expect(await markup(page)).toBe(whole);
    }
    visitor.expectNoProblems();
    await visitor.close();
  });

  test("a part that is missing on the page is asked for again", async () => {
    const visitor = await openVisitor(browser(), hub());
    const { page } = visitor;
    await visitor.go("/rigs");
    await page.locator("#rig-RIG-LIVE-1").evaluate((row) => row.previousElementSibling?.remove());
    const rows = await page.locator("tbody tr[id]").count();
    await rig.upload();
    await tick(page);
    await page.waitForFunction((before) => document.querySelectorAll("tbody tr[id]").length > before, rows);
    visitor.expectNoProblems();
    await visitor.close();
  });

  test("new rows wait until somebody asks for them", async () => {
    const visitor = await openVisitor(browser(), hub());
    await rig.upload();
    await visitor.go("/events?rig=RIG-LIVE-1");
    const ids = [await rig.upload(), await rig.upload()];
    await tick(visitor.page);
    expect(await visitor.page.locator("#notice").textContent()).toContain("2 new events");
    expect(await visitor.page.locator(`main a[href*="${ids[1]}"]`).count()).toBe(0);
    await visitor.page.locator("#notice button").click();
    await visitor.page.locator(`main a[href*="${ids[1]}"]`).first().waitFor();
    expect(await visitor.page.locator("#notice").isHidden()).toBe(true);
    visitor.expectNoProblems();
    await visitor.close();
  });
});

describe("what a person does meanwhile", () => {
  test("typed text, its selection, the focus and the place on the page stay through a refresh", async () => {
    const visitor = await openVisitor(browser(), hub(), { height: 400 });
    const { page } = visitor;
    await visitor.go("/rigs");
    const field = page.locator("#live form input:not([type=hidden]):not([type=checkbox])").first();
    await field.fill("HALEY");
    await field.evaluate((input: HTMLInputElement) => input.setSelectionRange(1, 4));
    await page.evaluate(() => scrollTo(0, 120));
    await rig.upload();
    expect((await tick(page)).status()).toBe(200);
    const kept = await page.evaluate(() => {
      const input = document.activeElement;
      if (!(input instanceof HTMLInputElement)) return undefined;
      return [input.value, input.selectionStart, input.selectionEnd, scrollY];
    });
    expect(kept).toEqual(["HALEY", 1, 4, 120]);
    visitor.expectNoProblems();
    await visitor.close();
  });

  test("selected rows hold the refresh back", async () => {
    const visitor = await openVisitor(browser(), hub());
    await visitor.go("/quarantine");
    await visitor.page.locator("input[data-select]").first().check();
    await visitor.page.evaluate(() => document.getElementById("live")?.removeAttribute("data-shown"));
    await tick(visitor.page);
    expect(await visitor.page.locator("input[data-select]").first().isChecked()).toBe(true);
    expect(await visitor.page.locator("#notice").textContent()).toContain("The view has news.");
    visitor.expectNoProblems();
    await visitor.close();
  });
});

describe("a hub that is gone", () => {
  test("the page says so, greys its figures, and recovers by itself without a reload", async () => {
    const visitor = await openFrozen("/");
    visitor.allow(GONE);
    const { page } = visitor;
    const style = (): Promise<string> =>
      page.locator("#live").evaluate((live) => `${getComputedStyle(live).opacity} ${getComputedStyle(live).filter}`);
    const fresh = await style();
    const heading = await page.locator("h1").textContent();
    await page.evaluate(() => Object.assign(globalThis, { stayed: true }));
    await hub().kill();
    await page.clock.runFor(BANNER_MS);
    await page.locator("body.stale #notice:not([hidden])").waitFor();
    expect(await page.locator("#notice").textContent()).toContain("The hub does not answer.");
    expect(await style()).not.toBe(fresh);
    expect(await page.title()).toStartWith("(old) ");
    expect(await page.locator("h1").textContent()).toBe(heading);
    hub().revive();
    const answered = page.waitForResponse(isRefresh);
    await page.clock.runFor(6000);
    await (await answered).finished();
    await page.locator("body:not(.stale)").waitFor();
    expect(await page.locator("#notice").isHidden()).toBe(true);
    expect(await page.title()).not.toContain("(old)");
    expect(await style()).toBe(fresh);
    expect(await page.evaluate(() => "stayed" in globalThis)).toBe(true);
    visitor.expectNoProblems();
    await visitor.close();
  });

  test("one that takes the request and never answers is given up, and the page says so", async () => {
    const visitor = await openFrozen("/");
    const { page } = visitor;
    visitor.allow(/htmx|abort|timeout/i);
    await page.route("**/*", (route) =>
      route.request().headers()["hx-request"] === "true" ? undefined : route.continue(),
    );
    const asked = page.waitForRequest((request) => request.headers()["hx-request"] === "true");
    await page.clock.runFor(TICK_MS);
    await asked;
    await page.clock.runFor(BANNER_MS);
    await page.locator("body.stale #notice:not([hidden])").waitFor({ timeout: BANNER_MS });
    visitor.expectNoProblems();
    await visitor.close();
  });

  test("one that was upgraded meanwhile offers to load the page anew", async () => {
    const visitor = await openVisitor(browser(), hub());
    await visitor.go("/");
    await visitor.page.route("**/*", async (route) => {
      const reply = await route.fetch();
      await route.fulfill({ response: reply, headers: { ...reply.headers(), "x-hub-version": "9.9.9" } });
    });
    await tick(visitor.page);
    expect(await visitor.page.locator("#notice").textContent()).toContain("The hub was upgraded.");
    await Promise.all([visitor.page.waitForEvent("load"), visitor.page.locator("#notice button").click()]);
    visitor.expectNoProblems();
    await visitor.close();
  });

  test("who was signed out keeps the page and is shown the way back", async () => {
    const visitor = await openVisitor(browser(), hub());
    visitor.allow(SIGNED_OUT);
    await visitor.go("/rigs");
    await visitor.context.clearCookies();
    expect((await tick(visitor.page)).status()).toBe(401);
    await settled(visitor.page);
    expect(await visitor.page.locator("#notice").textContent()).toContain("You are signed out");
    expect(await visitor.page.locator("h1").textContent()).toBe("Rigs");
    await visitor.page.locator("#notice button").click();
    await visitor.page.waitForURL(/\/login\?next=%2Frigs$/);
    visitor.expectNoProblems();
    await visitor.close();
  });
});
