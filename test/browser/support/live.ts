import type { Page, Response } from "playwright-core";

/** The page's own interval. */
export const TICK_MS = 60_000;

/** What a refresh asks for; every other request belongs to a page that is opened. */
export function isRefresh(reply: Response): boolean {
  return reply.request().headers()["hx-request"] === "true";
}

/** Sends the refresh that the page would send by itself, and waits until it is answered and shown. */
export async function tick(page: Page): Promise<Response> {
  const answered = page.waitForResponse(isRefresh);
  await page.evaluate(() => document.getElementById("live")?.dispatchEvent(new CustomEvent("fleet:tick")));
  const reply = await answered;
  await reply.finished();
  await settled(page);
  return reply;
}

/** Two frames: the reply was swapped in before the first, and drawn by the second. */
export async function settled(page: Page): Promise<void> {
  await page.evaluate(
    () => new Promise<void>((resolve) => requestAnimationFrame(() => requestAnimationFrame(() => resolve()))),
  );
}

/** Ids of the rows on show, in their order; the links of a table whose rows have none. */
export function rowIds(page: Page): Promise<string[]> {
  return page.evaluate(() =>
    [...document.querySelectorAll("main tbody tr")].map((row) => row.id || (row.textContent ?? "").trim()),
  );
}

/** Refreshes one after the other, each with its whole body, as if something had changed every time. */
export async function refreshOften(page: Page, times: number): Promise<void> {
  await page.evaluate(async (count) => {
    const live = document.getElementById("live");
    for (let at = 0; at < count; at++) {
      live?.removeAttribute("data-shown");
      await new Promise<void>((resolve) => {
        document.addEventListener("htmx:after:swap", () => resolve(), { once: true });
        live?.dispatchEvent(new CustomEvent("fleet:tick"));
      });
    }
  }, times);
}
