import axeCore from "axe-core";
import type { Page } from "playwright-core";

declare global {
  /** In the page, once its source has run there. */
  var axe: typeof axeCore;
}

const TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** What axe finds against WCAG 2.2 AA, one line for each element. Empty is good. */
export async function axe(page: Page): Promise<string[]> {
  // The debugger's way in, which the page's own policy does not see.
  await page.evaluate(axeCore.source);
  return page.evaluate(async (tags) => {
    const { violations } = await globalThis.axe.run(document, {
      resultTypes: ["violations"],
      runOnly: { type: "tag", values: tags },
    });
    return violations.flatMap(({ id, help, nodes }) =>
      nodes.map((node) => `${id} (${help}): ${node.target.join(" ")} ${node.any.map((any) => any.message).join("; ")}`),
    );
  }, TAGS);
}
