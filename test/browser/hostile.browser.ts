import { expect, test } from "bun:test";
import { authenticateRig, registerRig } from "../../src/domain/rigs.ts";
import { recordOutcome } from "../../src/domain/outcomes.ts";
import { OUTCOME_TEXT_MAX } from "../../src/base/limits.ts";
import { ADMIN, uploadOf, type EnrolledRig } from "../support/domain-hub.ts";
import type { OpenedHub } from "../support/hub.ts";
import { suiteHub } from "./support/browser-hub.ts";
import { suiteBrowser } from "./support/chromium.ts";
import { readCsv, runsInASheet } from "./support/csv.ts";
import { HOSTILE_TEXTS, hostileEvent, MEGABYTE_WORD, placeOf, TRAP } from "./support/hostile.ts";
import { overflow } from "./support/layout.ts";
import { downloadPaths, viewCases } from "./support/views.ts";
import { NARROW_PX, openVisitor, WIDE_PX, type Visitor } from "./support/visitor.ts";

const FIRST_S = 1_794_187_658;
/** Further apart than a session is long, so that each becomes an episode of its own. */
const STEP_S = 1800;
const texts = Object.entries(HOSTILE_TEXTS);
const eventIds: string[] = [];

const browser = suiteBrowser();
const hub = suiteHub({ seed });

async function seed(opened: OpenedHub): Promise<void> {
  for (const [at, [, text]] of texts.entries()) {
    const rig = await enrol(opened, `RIG-HOSTILE-${at}`, text);
    await tell(opened, rig, at, text);
  }
  const long = await enrol(opened, "RIG-LONG", "A well of words");
  await tell(opened, long, texts.length, "W".repeat(OUTCOME_TEXT_MAX), MEGABYTE_WORD);
  await opened.curator.run("request");
  await opened.library.answer({ key: long.key, acceptsZstd: true });
}

async function enrol({ context }: OpenedHub, rigId: string, text: string): Promise<EnrolledRig> {
  const place = placeOf(text);
  const { api_key: key } = await registerRig(context, { rig_id: rigId, well_id: place, field: place }, ADMIN);
  const identity = await authenticateRig(context, key);
  return { key, identity, event: () => hostileEvent(rigId, FIRST_S, text) };
}

/** The event, a twin of it for the quarantine, and two answers: one with each text that an answer has. */
async function tell(
  { context, ingest }: OpenedHub,
  rig: EnrolledRig,
  at: number,
  text: string,
  reasoning = text,
): Promise<void> {
  const event = hostileEvent(rig.identity.rigId, FIRST_S + at * STEP_S, text, reasoning);
  eventIds.push(event.id);
  await ingest.accept(uploadOf(context, rig, event));
  await ingest.accept(uploadOf(context, rig, { ...event, depth: 1 }));
  for (const outcome of ["Escalated", "Resolved"] as const) {
    await recordOutcome(context, {
      rig: rig.identity,
      eventId: event.id,
      patch: { outcome, action_taken: text, notes: text },
    });
  }
}

/** Every view, and the detail page of every row that the corpus made. */
async function everyPath(): Promise<string[]> {
  const { sql } = hub().context;
  const episodes = await sql<{ id: string }[]>`select id from episodes order by id`;
  const twins = await sql<{ id: string }[]>`select id::text from quarantine order by id`;
  const views = await viewCases(hub());
  const of = (route: string, rows: readonly { id: string }[]): string[] =>
    views.some((view) => view.route === `${route}/:id`)
      ? rows.map(({ id }) => `${route}/${encodeURIComponent(id)}`)
      : [];
  return [
    ...views.filter(({ ofARow }) => !ofARow).map(({ path }) => path),
    ...of(
      "/events",
      eventIds.map((id) => ({ id })),
    ),
    ...of("/episodes", episodes),
    ...of("/quarantine", twins),
    ...of(
      "/rigs",
      texts.map((_, at) => ({ id: `RIG-HOSTILE-${at}` })),
    ),
  ];
}

/** Markup that came out of a text instead of out of the hub. */
function foreignMarkup({ page }: Visitor): Promise<string[]> {
  return page.evaluate((trap) => {
    const found = trap in globalThis ? [`${trap} is set`] : [];
    for (const element of document.querySelectorAll("*")) {
      const handlers = element.getAttributeNames().filter((name) => /^(on|hx-on|srcdoc$)/.test(name));
      const address =
        element.getAttribute("href") ?? element.getAttribute("src") ?? element.getAttribute("action") ?? "/";
      const isOurs = /^(\/|#|\?)/.test(address) && !address.startsWith("//");
      if (
        handlers.length > 0 ||
        !isOurs ||
        element.matches("iframe, object, embed, base, img, script:not([src], [type])")
      )
        found.push(element.outerHTML.slice(0, 200));
      if (element.hasAttribute("hx-get") && element.id !== "live")
        found.push(`htmx: ${element.outerHTML.slice(0, 200)}`);
    }
    return found;
  }, TRAP);
}

test.each([WIDE_PX, NARROW_PX])("nothing in a text runs or breaks the layout, on any page, at %d px", async (width) => {
  const visitor = await openVisitor(browser(), hub(), { width });
  const found: string[] = [];
  for (const path of await everyPath()) {
    const status = await visitor.go(path);
    if (status !== 200) found.push(`${path}: ${status}`);
    await visitor.page.evaluate(() => {
      for (const details of document.querySelectorAll("details")) details.open = true;
    });
    const problems = [...(await foreignMarkup(visitor)), ...(await overflow(visitor.page)), ...visitor.takeProblems()];
    found.push(...problems.map((problem) => `${path}: ${problem}`));
  }
  await visitor.close();
  expect(found).toEqual([]);
});

test("nothing in a text runs when a refresh brings it", async () => {
  const visitor = await openVisitor(browser(), hub());
  const found: string[] = [];
  for (const { path } of (await viewCases(hub())).filter(({ ofARow }) => !ofARow)) {
    await visitor.go(path);
    if ((await visitor.page.locator("#live").count()) === 0) continue;
    const refreshed = visitor.page.waitForResponse((reply) => reply.request().headers()["hx-request"] === "true");
    await visitor.page.evaluate(() => {
      const live = document.getElementById("live");
      live?.removeAttribute("data-shown");
      live?.dispatchEvent(new CustomEvent("fleet:tick"));
    });
    await (await refreshed).finished();
    const problems = [...(await foreignMarkup(visitor)), ...visitor.takeProblems()];
    found.push(...problems.map((problem) => `${path}: ${problem}`));
  }
  await visitor.close();
  expect(found).toEqual([]);
});

test("nothing in an address runs: what it asks for is shown or refused as a text", async () => {
  const visitor = await openVisitor(browser(), hub());
  visitor.allow(/\b40[04]\b/);
  const found: string[] = [];
  const names = ["q", "rig", "well", "field", "risk", "category", "sort", "after", "from", "done", "zone", "next"];
  for (const { path } of (await viewCases(hub())).filter(({ ofARow }) => !ofARow)) {
    for (const text of [HOSTILE_TEXTS["event handler"] ?? "", HOSTILE_TEXTS["script address"] ?? ""]) {
      const status = await visitor.go(`${path}?${new URLSearchParams(names.map((name) => [name, text]))}`);
      if (![200, 400, 404].includes(status)) found.push(`${path}: ${status}`);
      const problems = [...(await foreignMarkup(visitor)), ...visitor.takeProblems()];
      found.push(...problems.map((problem) => `${path}: ${problem}`));
    }
  }
  await visitor.close();
  expect(found).toEqual([]);
});

test("no cell of a CSV is a formula, and no text breaks a row", async () => {
  const visitor = await openVisitor(browser(), hub());
  const found: string[] = [];
  for (const path of (await downloadPaths(hub())).filter((name) => name.endsWith(".csv"))) {
    const reply = await visitor.context.request.get(hub().url + path);
    if (reply.status() !== 200) found.push(`${path}: ${reply.status()}`);
    if (!/^attachment\b/.test(reply.headers()["content-disposition"] ?? ""))
      found.push(`${path}: opens in the browser`);
    const rows = readCsv(await reply.text());
    const [head = []] = rows;
    found.push(
      ...rows
        .flat()
        .filter(runsInASheet)
        .map((cell) => `${path}: ${JSON.stringify(cell.slice(0, 80))}`),
    );
    const broken = rows.slice(1, -1).filter((row) => row.length !== head.length);
    found.push(...broken.map((row) => `${path}: ${row.length} cells, not ${head.length}`));
  }
  await visitor.close();
  expect(found).toEqual([]);
});
