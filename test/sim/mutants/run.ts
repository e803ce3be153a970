/**
 * Lets each wrong turn loose on a process of its own and counts the seeds until it is found:
 * `bun test/sim/mutants/run.ts [--seeds 2000] [--from 1] [--only NAME,NAME] [--workers 2]`. Ends with 1 when one stays
 * hidden.
 */
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { SimMutant } from "./mutant.ts";
import { SIM_MUTANTS } from "./mutants.ts";

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "2000" },
    from: { type: "string", default: "1" },
    only: { type: "string" },
    workers: { type: "string", default: "1" },
  },
});
const chosen = SIM_MUTANTS.filter(({ name }) => values.only?.split(",").includes(name) ?? true);
const queue = [...chosen];
let hidden = 0;
await Promise.all(Array.from({ length: Number(values.workers) }, worker));
process.stdout.write(`${chosen.length} wrong turns, ${chosen.length - hidden} found\n`);
process.exit(hidden === 0 ? 0 : 1);

async function worker(): Promise<void> {
  for (let mutant = queue.shift(); mutant !== undefined; mutant = queue.shift()) {
    const { line, found } = await hunt(mutant);
    if (!found) hidden++;
    process.stdout.write(`${line}\n`);
  }
}

async function hunt({ name }: SimMutant): Promise<{ line: string; found: boolean }> {
  const begun = performance.now();
  const main = join(import.meta.dir, "..", "main.ts");
  const given = ["--mutant", name, "--from", values.from, "--seeds", values.seeds, "--stop-at-first"];
  const child = Bun.spawn([process.execPath, main, ...given], { stdin: "ignore", stdout: "pipe", stderr: "pipe" });
  const [told, problem] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  const seconds = ((performance.now() - begun) / 1000).toFixed(0);
  const seed = /^seed (\d+) FAILED$/m.exec(told)?.[1];
  const claim = /^ {2}! (.*)$/m.exec(told)?.[1] ?? "";
  const after = seed === undefined ? undefined : Number(seed) - Number(values.from) + 1;
  const said =
    after === undefined ? `NOT FOUND ${problem.slice(-200)}` : `after ${after} seeds: ${claim.slice(0, 100)}`;
  return { line: `${name.padEnd(34)} ${seconds.padStart(4)} s  ${said}`, found: after !== undefined };
}
