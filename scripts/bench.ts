// Every benchmark, one after the other: `npm run bench`, or `npm run bench -- ingest recall` for some. `start` needs a build, `browser` Chromium.
import { join } from "node:path";
import { suggestion } from "../src/base/nearest.ts";

const BENCHES = ["learning", "recall", "enqueue", "ingest", "library", "curation", "start", "dashboard", "browser"];
const asked = process.argv.slice(2);
const wrong = asked.find((name) => !BENCHES.includes(name));
if (wrong !== undefined) {
  console.error(`there is no benchmark ${wrong}: ${suggestion(wrong, BENCHES)}`);
  process.exit(2);
}

const missed: string[] = [];
for (const name of asked.length === 0 ? BENCHES : asked) {
  console.log(`\n== ${name}`);
  const file = join(import.meta.dir, "..", "test", "bench", `${name}.ts`);
  const { exitCode } = Bun.spawnSync([process.execPath, file], { stdout: "inherit", stderr: "inherit" });
  if (exitCode !== 0) missed.push(name);
}
console.log(missed.length === 0 ? "\nall goals reached" : `\ngoals missed in: ${missed.join(", ")}`);
process.exit(missed.length === 0 ? 0 : 1);
