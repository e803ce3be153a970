import { afterAll, describe, expect, test } from "bun:test";
import { axe } from "./support/axe.ts";
import { suiteHub, type BrowserHub } from "./support/browser-hub.ts";
import { suiteBrowser } from "./support/chromium.ts";
import { seedFleet } from "./support/fleet.ts";
import { walkByKeyboard } from "./support/keyboard.ts";
import { names, overflow } from "./support/layout.ts";
import { viewCases, type ViewCase } from "./support/views.ts";
import { NARROW_PX, openVisitor, type Visitor, type VisitorOptions } from "./support/visitor.ts";

const OUTAGE = /\b503\b/;
/** A browser logs each such reply as an error. Which reply it must be is checked by its status. */
const REFUSED = /\b40[34]\b/;
const FORBIDDEN = 403;
const ALL_WELL = "ok";
/** The heading of the sign-in page alone. */
const PRODUCT = "Fleet Hub";

interface State {
  readonly name: string;
  readonly visitor: VisitorOptions;
  readonly keyboard?: boolean;
  /** Where axe would only see again what it saw in another state, or cannot run. */
  readonly withoutAxe?: boolean;
}

const FULL_STATES: readonly State[] = [
  { name: "full", visitor: {}, keyboard: true },
  { name: "viewer", visitor: { role: "viewer" } },
  { name: "320 px", visitor: { width: NARROW_PX, height: 640 }, keyboard: true },
  { name: "dark", visitor: { theme: "dark", reducedMotion: true } },
  { name: "forced colours", visitor: { forcedColors: true }, withoutAxe: true },
  { name: "no script", visitor: { script: false }, withoutAxe: true },
];

const browser = suiteBrowser();
const table = new Map<string, Map<string, string>>();

/** Opens every view in turn; returns what is wrong with each, and notes it in the table. */
async function inspect(hub: BrowserHub, state: State, statusOf: (view: ViewCase) => number): Promise<string[]> {
  const views = await viewCases(hub);
  const visitor = await openVisitor(browser(), hub, state.visitor);
  visitor.allow(REFUSED);
  const found: string[] = [];
  for (const view of views) {
    const status = view.admin && state.visitor.role === "viewer" ? FORBIDDEN : statusOf(view);
    const problems = await inspectView(visitor, view, state, status);
    note(view.route, state.name, problems.length === 0 ? ALL_WELL : `${problems.length}`);
    found.push(...problems.map((problem) => `${view.route}: ${problem}`));
  }
  await visitor.close();
  return found;
}

async function inspectView(visitor: Visitor, view: ViewCase, state: State, status: number): Promise<string[]> {
  const answered = await visitor.go(view.path);
  if (answered !== status) return [`answered ${answered}, not ${status}`];
  const found = [...(await shape(visitor, status)), ...(await overflow(visitor.page))];
  if (state.withoutAxe !== true) found.push(...(await axe(visitor.page)));
  if (state.keyboard === true) found.push(...(await walkByKeyboard(visitor.page)).problems);
  return [...found, ...visitor.takeProblems()];
}

/** One heading that says what the page is, and the same in the title of the tab. */
async function shape({ page }: Visitor, status: number): Promise<string[]> {
  const { title, headings } = await names(page);
  const [heading = ""] = headings;
  if (headings.length !== 1 || heading === "") return [`${headings.length} h1: ${headings.join(", ")}`];
  const named = status !== 200 || heading === PRODUCT || title === `${heading} · ${PRODUCT}`;
  return named && title.endsWith(` · ${PRODUCT}`) ? [] : [`the title is ${title}, the heading ${heading}`];
}

function note(route: string, state: string, result: string): void {
  const row = table.get(route) ?? new Map<string, string>();
  table.set(route, row.set(state, result));
}

describe("a fleet at work", () => {
  const hub = suiteHub({ seed: (opened) => seedFleet(opened) });

  test.each([...FULL_STATES])("every view is whole: $name", async (state) => {
    expect(await inspect(hub(), state, () => 200)).toEqual([]);
  });

  test("every view has a title of its own", async () => {
    const visitor = await openVisitor(browser(), hub(), { script: false });
    const seen: { readonly path: string; readonly title: string }[] = [];
    for (const { path } of await viewCases(hub())) {
      await visitor.go(path);
      seen.push({ path, title: (await names(visitor.page)).title });
    }
    await visitor.close();
    // An address below another may show the same view: who reloads what a form answered lands there.
    const alike = seen.filter(({ path, title }, at) =>
      seen.slice(0, at).some((other) => other.title === title && !path.startsWith(`${other.path}/`)),
    );
    expect(alike).toEqual([]);
  });
});

describe("a hub without a rig", () => {
  const hub = suiteHub();

  test("every view is whole and says what the next step is", async () => {
    const state = { name: "empty", visitor: {}, keyboard: true };
    expect(await inspect(hub(), state, ({ ofARow }) => (ofARow ? 404 : 200))).toEqual([]);
  });
});

describe("a hub without its database", () => {
  const hub = suiteHub({ seed: (opened) => seedFleet(opened) });

  test("a page on show greys and says so, and every view answers with its request and a way to try again", async () => {
    const looking = await openVisitor(browser(), hub());
    looking.allow(OUTAGE);
    await looking.go("/");
    const views = await viewCases(hub());
    const visitor = await openVisitor(browser(), hub());
    visitor.allow(OUTAGE);
    await hub().stopDatabase();
    await looking.page.evaluate(() => document.getElementById("live")?.dispatchEvent(new CustomEvent("fleet:tick")));
    await looking.page.locator("body.stale #notice:not([hidden])").waitFor();
    expect(await looking.page.locator("#notice").textContent()).toContain("The hub could not refresh this view.");
    const found: string[] = [];
    for (const view of views.filter(({ route }) => route !== "/login")) {
      const problems = await inspectView(visitor, view, { name: "error", visitor: {} }, 503);
      const text = (await visitor.page.locator("main").textContent()) ?? "";
      if (!/Request [0-9a-f]{16}/.test(text)) problems.push("does not name its request");
      if ((await visitor.page.locator(`main a[href="${view.path}"]`).count()) === 0) problems.push("no way to retry");
      note(view.route, "error", problems.length === 0 ? ALL_WELL : `${problems.length}`);
      found.push(...problems.map((problem) => `${view.route}: ${problem}`));
    }
    await looking.close();
    await visitor.close();
    expect(found).toEqual([]);
  });
});

afterAll(() => {
  const states = [...new Set([...table.values()].flatMap((row) => [...row.keys()]))];
  const lines = [...table].map(([route, row]) =>
    [route.padEnd(28), ...states.map((state) => cell(row, state))].join(""),
  );
  process.stdout.write(
    `\n${["".padEnd(28), ...states.map((state) => state.padEnd(16))].join("")}\n${lines.join("\n")}\n`,
  );
});

function cell(row: ReadonlyMap<string, string>, state: string): string {
  return (row.get(state) ?? "").padEnd(16);
}
