import type { Browser, Page } from "playwright-core";
import type { BrowserHub } from "../../test/browser/support/browser-hub.ts";
import { openVisitor, type VisitorOptions } from "../../test/browser/support/visitor.ts";

/** Longer pages are cut: what counts stands at the top. */
const HEIGHT_MAX_PX = 1600;
/** 100 is lossless, and for plain tables smaller; the smaller one is kept. */
const QUALITIES = [78, 100] as const;
/** Time stands still in the page, so that no age moves on; this lets what waits for a frame be drawn. */
const DRAW_MS = 500;
const LEAD_MS = 60_000;

export interface Shot {
  /** Of the file, without its ending. */
  readonly name: string;
  readonly path: string;
  readonly visitor: VisitorOptions;
}

/** Opens each page as its visitor and takes its picture; `before` runs when all are signed in. */
export async function photograph(
  browser: Browser,
  hub: BrowserHub,
  shots: readonly Shot[],
  before: () => Promise<void> = () => Promise.resolve(),
): Promise<Map<Shot, Uint8Array>> {
  const pictures = new Map<Shot, Uint8Array>();
  const visitors = await Promise.all([...new Set(shots.map(key))].map((of) => opened(of)));
  await before();
  for (const shot of shots) {
    const visitor = visitors.find(({ of }) => of === key(shot))?.visitor;
    if (visitor === undefined) continue;
    await visitor.go(shot.path);
    await visitor.page.clock.runFor(DRAW_MS);
    pictures.set(shot, await picture(visitor.page));
  }
  await Promise.all(visitors.map(({ visitor }) => visitor.close()));
  return pictures;

  async function opened(of: string) {
    const visitor = await openVisitor(browser, hub, JSON.parse(of) as VisitorOptions);
    const nowMs = hub.context.clock.now();
    // It can be stopped only ahead of where it started, and it runs until then.
    await visitor.page.clock.install({ time: nowMs - LEAD_MS });
    await visitor.page.clock.pauseAt(nowMs);
    return { of, visitor };
  }
}

function key({ visitor }: Shot): string {
  return JSON.stringify(visitor);
}

async function picture(page: Page): Promise<Uint8Array> {
  const { width, height } = await page.evaluate(() => ({
    width: document.documentElement.clientWidth,
    height: Math.max(document.documentElement.scrollHeight, innerHeight),
  }));
  const session = await page.context().newCDPSession(page);
  const clip = { x: 0, y: 0, width, height: Math.min(height, HEIGHT_MAX_PX), scale: 1 };
  const tried: Buffer[] = [];
  for (const quality of QUALITIES) {
    const { data } = await session.send("Page.captureScreenshot", {
      format: "webp",
      quality,
      captureBeyondViewport: true,
      clip,
    });
    tried.push(Buffer.from(data, "base64"));
  }
  await session.detach();
  return tried.toSorted((left, right) => left.byteLength - right.byteLength)[0] ?? Buffer.alloc(0);
}
