// `npm run demo` shows the main job with real processes and a fleet's past; `-- --once` checks it and stops;
// `-- --seed-large --data-dir DIR` (or --database-url URL) leaves a database with a million events.
import { Fault } from "../src/base/fault.ts";
import { readOptions, type DemoOptions } from "./demo/options.ts";
import { playDemo } from "./demo/play.ts";
import { runSeedLarge } from "./demo/seed-command.ts";

const FAILED = 1;
const MISUSED = 2;

process.exit(await run());

async function run(): Promise<number> {
  try {
    return await perform(readOptions(process.argv.slice(2), process.env));
  } catch (error) {
    if (!(error instanceof Fault)) console.error(`\nFAILED: ${error instanceof Error ? error.message : String(error)}`);
    else console.error(error.sentence);
    return error instanceof Fault && error.code === "usage" ? MISUSED : FAILED;
  }
}

async function perform(options: DemoOptions): Promise<number> {
  if (!options.seedLarge) return playDemo(options);
  await runSeedLarge(options);
  return 0;
}
