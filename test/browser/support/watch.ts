import { expect } from "bun:test";
import type { Page } from "playwright-core";

const FAILURE_STATUS = 400;
/** A page that is left, or a refresh that is replaced by the next, ends its own requests. */
const OWN_END = "net::ERR_ABORTED";
const REPORT = "fleetReportViolation";

export interface Watch {
  /** What went wrong on the page since it was opened: console, errors, policy, requests, dialogs. */
  readonly problems: readonly string[];
  /** What this test brings about itself. */
  allow(pattern: RegExp): void;
  /** The problems that were not allowed; forgets them. */
  takeProblems(): string[];
  /** Fails the test for each of them. */
  expectNoProblems(where?: string): void;
}

export async function watch(page: Page): Promise<Watch> {
  const problems: string[] = [];
  const allowed: RegExp[] = [];
  page.on("console", (message) => {
    if (message.type() === "error") problems.push(`console: ${message.text()} ${message.location().url}`);
  });
  page.on("pageerror", (error) => problems.push(`script: ${error.message}`));
  page.on("dialog", (dialog) => {
    problems.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  page.on("requestfailed", (request) => {
    const reason = request.failure()?.errorText ?? "";
    if (reason !== OWN_END) problems.push(`request: ${request.method()} ${request.url()} ${reason}`);
  });
  page.on("response", (reply) => {
    if (reply.status() >= FAILURE_STATUS) problems.push(`reply: ${reply.status()} ${reply.url()}`);
  });
  await page.exposeFunction(REPORT, (violation: string) => void problems.push(`policy: ${violation}`));
  await page.addInitScript((report) => {
    document.addEventListener("securitypolicyviolation", (event) => {
      const tell: unknown = Reflect.get(globalThis, report);
      if (typeof tell === "function")
        Reflect.apply(tell, undefined, [`${event.violatedDirective} ${event.blockedURI} ${event.sample}`]);
    });
  }, REPORT);
  function takeProblems(): string[] {
    return problems.splice(0).filter((problem) => !allowed.some((pattern) => pattern.test(problem)));
  }
  return {
    problems,
    allow: (pattern) => void allowed.push(pattern),
    takeProblems,
    expectNoProblems(where = page.url()) {
      expect(takeProblems().map((problem) => `${where}: ${problem}`)).toEqual([]);
    },
  };
}
