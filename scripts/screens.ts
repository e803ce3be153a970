// Pictures of every view into docs/screens, the same each time: `npm run screens`.
import { mkdirSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openBrowserHub } from "../test/browser/support/browser-hub.ts";
import { launchChromium } from "../test/browser/support/chromium.ts";
import { seedFleet } from "../test/browser/support/fleet.ts";
import { photograph, type Shot } from "./screens/photograph.ts";
import { emptyShots, errorShots, fullShots } from "./screens/shots.ts";

const FOLDER = join(import.meta.dir, "..", "docs", "screens");
const BYTES_MAX = 6_000_000;
/** 25 rigs and 50,000 events. */
const SCALE = 0.05;

rmSync(FOLDER, { recursive: true, force: true });
mkdirSync(FOLDER, { recursive: true });
const browser = await launchChromium();

const full = await openBrowserHub({ seed: (hub) => seedFleet(hub, SCALE) });
await save(await photograph(browser, full, await fullShots(full)));
await save(await photograph(browser, full, await errorShots(full), () => full.stopDatabase()));
await full.close();

const empty = await openBrowserHub();
await save(await photograph(browser, empty, await emptyShots(empty)));
await empty.close();
await browser.close();

const names = readdirSync(FOLDER);
const bytes = names.map((name) => statSync(join(FOLDER, name)).size).reduce((left, right) => left + right, 0);
console.log(`${names.length} pictures, ${(bytes / 1e6).toFixed(2)} MB in docs/screens`);
process.exit(bytes <= BYTES_MAX ? 0 : 1);

async function save(pictures: ReadonlyMap<Shot, Uint8Array>): Promise<void> {
  // Two pictures under one name would leave one.
  for (const [{ name }, picture] of pictures) writeFileSync(join(FOLDER, `${name}.webp`), picture, { flag: "wx" });
}
