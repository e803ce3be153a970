import type { Page } from "playwright-core";

/** What makes the page scroll sideways: the widest elements that reach beyond the window, outermost first. */
export function overflow(page: Page): Promise<string[]> {
  return page.evaluate(() => {
    const width = document.documentElement.clientWidth;
    if (document.documentElement.scrollWidth <= width) return [];
    const beyond = [...document.body.querySelectorAll("*")].filter(
      (element) => element.getBoundingClientRect().right > width + 1 && !insideScroller(element),
    );
    return [`${document.documentElement.scrollWidth} of ${width} px`, ...beyond.slice(0, 3).map(name)];

    function insideScroller(element: Element): boolean {
      for (let at = element.parentElement; at !== null && at !== document.body; at = at.parentElement) {
        if (getComputedStyle(at).overflowX !== "visible") return true;
      }
      return false;
    }

    function name(element: Element): string {
      const text = JSON.stringify((element.textContent ?? "").trim().slice(0, 40));
      return `${element.localName}${element.id === "" ? "" : `#${element.id}`}.${element.className} ${text}`;
    }
  });
}

export interface Names {
  readonly title: string;
  readonly headings: readonly string[];
}

/** The document's title and every h1 that is shown. */
export function names(page: Page): Promise<Names> {
  return page.evaluate(() => ({
    title: document.title,
    headings: [...document.querySelectorAll("h1")]
      .filter((heading) => heading.checkVisibility())
      .map((heading) => (heading.textContent ?? "").trim()),
  }));
}
