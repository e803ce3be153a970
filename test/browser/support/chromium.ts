import { afterAll, beforeAll, setDefaultTimeout } from "bun:test";
import { existsSync } from "node:fs";
import { chromium, type Browser } from "playwright-core";

const DISTRIBUTION = "/usr/bin/chromium";
const LAUNCH_MS = 30_000;
/** A test walks through many pages; one that is late has its browser ended with it, and the next ones fail too. */
const TEST_MS = 300_000;

/** Ours alone: packaged sets switch web security off, and then no test of forgery or of the policy proves anything. */
const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-dev-shm-usage",
  "--disable-background-networking",
  "--disable-component-update",
  "--font-render-hinting=none",
  "--force-color-profile=srgb",
];

export function chromiumPath(): string {
  const path = process.env["FLEET_CHROMIUM"] ?? DISTRIBUTION;
  if (existsSync(path)) return path;
  throw new Error(`there is no Chromium at ${path}: apt-get install chromium, or name one by FLEET_CHROMIUM`);
}

export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: chromiumPath(),
    args: ARGUMENTS,
    ignoreDefaultArgs: ["--disable-web-security", "--allow-running-insecure-content"],
    timeout: LAUNCH_MS,
  });
}

/** Opens before the suite's first test and closes after its last; its tests may take their time. */
export function suiteBrowser(): () => Browser {
  let browser: Browser | undefined;
  setDefaultTimeout(TEST_MS);
  beforeAll(async () => {
    browser = await launchChromium();
  }, LAUNCH_MS);
  afterAll(async () => browser?.close());
  return () => {
    if (browser === undefined) throw new Error("the browser opens before the suite's first test");
    return browser;
  };
}
