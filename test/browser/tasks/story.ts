import { expect } from "bun:test";
import type { Browser, Locator, Page } from "playwright-core";
import type { BrowserHub } from "../support/browser-hub.ts";
import { openVisitor, type Visitor } from "../support/visitor.ts";

/** When the dashboard calls a rig silent. */
export const SILENT_AFTER_S = 48 * 3600;
/** The first screen of a small laptop. */
const SCREEN = { width: 1280, height: 900 } as const;

export interface Goal {
  readonly task: string;
  readonly clicks: number;
  readonly withinMs?: number;
}

export interface Score extends Goal {
  readonly clicked: number;
  readonly tookMs: number;
}

/** One task as a person does it. A click is one press of the pointer, or one Enter; typing and choosing are none. */
export interface Story {
  readonly hub: BrowserHub;
  readonly page: Page;
  readonly visitor: Visitor;
  /** Opens the page that the task starts from; what it costs is nobody's click. */
  readonly start: (path: string) => Promise<void>;
  readonly click: (target: Locator) => Promise<void>;
  /** Enter in a field, which sends its form. */
  readonly enter: (field: Locator) => Promise<void>;
  /** The view of this title is open. */
  readonly opened: (title: string | RegExp) => Promise<void>;
  /** The answer is on the screen: the rest of the story only looks closer. */
  readonly done: () => void;
  /** A colleague at another browser, who only reads. */
  readonly colleague: () => Promise<Visitor>;
}

export interface Stage {
  readonly browser: Browser;
  readonly hub: BrowserHub;
}

/** Does the task, and fails when a page of it had a problem; whether its goal was met is the caller's to say. */
export async function tell(stage: Stage, goal: Goal, act: (story: Story) => Promise<void>): Promise<Score> {
  const visitors: Visitor[] = [];
  const open = async (role: "admin" | "viewer"): Promise<Visitor> => {
    const visitor = await openVisitor(stage.browser, stage.hub, { ...SCREEN, role });
    visitors.push(visitor);
    return visitor;
  };
  try {
    const effort = newEffort();
    await act(storyOf(stage.hub, await open("admin"), effort, () => open("viewer")));
    for (const visitor of visitors) visitor.expectNoProblems();
    return { ...goal, clicked: effort.clicked, tookMs: effort.tookMs() };
  } finally {
    for (const visitor of visitors) await visitor.close();
  }
}

interface Effort {
  readonly clicked: number;
  begin(): void;
  click(): void;
  end(): void;
  tookMs(): number;
}

/** Counts until the answer is there. */
function newEffort(): Effort {
  let startedMs = performance.now();
  let endedMs: number | undefined;
  let clicked = 0;
  return {
    get clicked() {
      return clicked;
    },
    begin: () => void (startedMs = performance.now()),
    click: () => void (clicked += endedMs === undefined ? 1 : 0),
    end: () => void (endedMs ??= performance.now()),
    tookMs() {
      if (endedMs === undefined) throw new Error("the story never says that the task is done");
      return endedMs - startedMs;
    },
  };
}

function storyOf(hub: BrowserHub, visitor: Visitor, effort: Effort, colleague: Story["colleague"]): Story {
  const { page } = visitor;
  return {
    hub,
    page,
    visitor,
    colleague,
    async start(path) {
      expect(await visitor.go(path)).toBe(200);
      effort.begin();
    },
    async click(target) {
      effort.click();
      await target.click();
    },
    async enter(field) {
      effort.click();
      await field.press("Enter");
    },
    opened: (title) => page.locator("h1").filter({ hasText: title }).waitFor(),
    done: () => effort.end(),
  };
}

export function isMet({ clicks, clicked, tookMs, withinMs = Infinity }: Score): boolean {
  return clicked <= clicks && tookMs <= withinMs;
}

/** `3 a Critical came in | clicks 1 of 1 | 412 ms of 10,000`. */
export function scoreLine(score: Score): string {
  const { task, clicks, clicked, tookMs, withinMs } = score;
  const time = `${Math.round(tookMs)} ms${withinMs === undefined ? "" : ` of ${withinMs}`}`;
  return `${task.padEnd(66)} | clicks ${clicked} of ${clicks} | ${time}${isMet(score) ? "" : "  MISSED"}`;
}
