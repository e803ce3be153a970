/**
 * `npm run test:faults:mutants -- [ROW…]`: builds each wrong turn into the executables and runs its row, which has to
 * find something lost, doubled or wrong. Ends with 1 when one survives, or a row could not be tried.
 */
import { readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { PRODUCTS, type Build } from "../../../scripts/build-executable.ts";
import { copyOfWorkingTree, putBack } from "../../defects/checkout.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import { executables } from "../support/executables.ts";
import type { FaultMutant } from "./mutant.ts";
import { DISK_MUTANTS } from "./disk.ts";
import { HUB_MUTANTS } from "./hub.ts";
import { RIG_MUTANTS } from "./rig.ts";

const SHOWN = 2000;

interface Verdict {
  readonly word: "found" | "SURVIVED" | "BROKEN";
  readonly detail: string;
}

const rows = process.argv.slice(2);
const chosen = [...RIG_MUTANTS, ...HUB_MUTANTS, ...DISK_MUTANTS].filter(
  ({ row }) => rows.length === 0 || rows.includes(row),
);
const folder = buildableCopy();
const sound = await executables();
let found = 0;
for (const mutant of chosen) {
  const begun = performance.now();
  const { word, detail } = await judge(mutant);
  if (word === "found") found++;
  const seconds = ((performance.now() - begun) / 1000).toFixed(0);
  process.stdout.write(`${mutant.row}: ${word}: ${mutant.name}, ${seconds} s\n${detail}\n`);
}
process.stdout.write(`${found} of ${chosen.length} wrong turns found\n`);
process.exit(found === chosen.length && found > 0 ? 0 : 1);

/** An executable embeds files of packages, and those have to be inside the folder that is built. */
function buildableCopy(): string {
  const copy = copyOfWorkingTree();
  const packages = join(copy, "node_modules");
  rmSync(packages);
  const links = Bun.spawnSync(["cp", "-al", join(import.meta.dir, "..", "..", "..", "node_modules"), packages]);
  if (links.exitCode !== 0) throw new Error(`the packages could not be linked: ${links.stderr.toString()}`);
  return copy;
}

async function judge(mutant: FaultMutant): Promise<Verdict> {
  try {
    return verdictOf(mutant.inProcess === true ? runWithin(mutant) : run(mutant, await built(mutant)));
  } catch (error) {
    return { word: "BROKEN", detail: String(error) };
  }
}

/** A folder with the wrong executable, and the sound ones of the other products. */
async function built(mutant: FaultMutant): Promise<string> {
  const bin = temporaryDirectory();
  const path = join(folder, mutant.file);
  const before = readFileSync(path, "utf8");
  writeFileSync(path, putBack(before, mutant));
  try {
    const { buildExecutable } = (await import(join(folder, "scripts", "build-executable.ts"))) as {
      buildExecutable: (build: Build) => Promise<void>;
    };
    await buildExecutable({ product: mutant.product, outfile: join(bin, mutant.product) });
  } finally {
    writeFileSync(path, before);
  }
  for (const product of PRODUCTS) if (product !== mutant.product) symlinkSync(sound[product], join(bin, product));
  return bin;
}

interface Ran {
  readonly code: number;
  readonly output: string;
}

/** The whole row, out of the copy that has the wrong turn. */
function runWithin(mutant: FaultMutant): Ran {
  const path = join(folder, mutant.file);
  const before = readFileSync(path, "utf8");
  writeFileSync(path, putBack(before, mutant));
  try {
    return runRow(join(folder, "test", "faults", "run.ts"), mutant, {});
  } finally {
    writeFileSync(path, before);
  }
}

function run(mutant: FaultMutant, bin: string): Ran {
  return runRow(join(import.meta.dir, "..", "run.ts"), mutant, { FLEET_FAULTS_EXECUTABLES: bin });
}

function runRow(runner: string, mutant: FaultMutant, environment: Readonly<Record<string, string>>): Ran {
  const child = Bun.spawnSync([process.execPath, runner, mutant.row, "--times", String(mutant.times)], {
    cwd: join(runner, "..", "..", ".."),
    env: { ...process.env, ...environment },
    stdin: "ignore",
  });
  return { code: child.exitCode, output: child.stdout.toString() + child.stderr.toString() };
}

/** A row that only breaks, without a count, has found nothing. */
function verdictOf({ code, output }: { code: number; output: string }): Verdict {
  const line = /^\S+: faults tried .*$/m.exec(output)?.[0];
  if (line === undefined) return { word: "BROKEN", detail: output.slice(-SHOWN) };
  return { word: code !== 0 && /(lost|doubled|wrong) [1-9]/.test(line) ? "found" : "SURVIVED", detail: `  ${line}` };
}
