/**
 * Puts every known defect back into a copy of the checkout, one at a time, and runs the test that is named after it:
 * `bun test/defects/put-back.ts [--defect N]`. Ends with 1 when a test does not notice, or cannot be asked.
 */
import { parseArgs } from "node:util";
import { startPostgres } from "../support/postgres-server.ts";
import { checkOut, type Checkout } from "./checkout.ts";
import type { Mutant } from "./mutant.ts";
import { MUTANTS } from "./mutants.ts";

const DEFECTS = 30;
const WORKERS = 2;
const OUTPUT_SHOWN = 1500;

interface Verdict {
  readonly mutant: Mutant;
  readonly word: "killed" | "SURVIVED" | "BROKEN";
  readonly seconds: number;
  /** Why it is not killed. */
  readonly detail: string;
}

const { values } = parseArgs({ options: { defect: { type: "string" } } });
const chosen = MUTANTS.filter(({ defect }) => values.defect === undefined || defect === Number(values.defect));
const started = performance.now();
const databaseUrl = process.env["FLEET_TEST_DATABASE_URL"] ?? (await startPostgres());
const checkouts = Array.from({ length: WORKERS }, () => checkOut(databaseUrl));

const unsound = new Set(await shared(filesOf(chosen), unsoundIn));
const verdicts = await shared(chosen, judge);
process.stdout.write(`${summary(verdicts)}\n`);
process.exit(verdicts.length > 0 && verdicts.every(({ word }) => word === "killed") ? 0 : 1);

/** Each worker takes the next one when it is done with the last. */
async function shared<T, R>(tasks: readonly T[], work: (checkout: Checkout, task: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  const queue = [...tasks.entries()];
  await Promise.all(
    checkouts.map(async (checkout) => {
      for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
        const [at, task] = next;
        results[at] = await work(checkout, task);
      }
    }),
  );
  return results;
}

function filesOf(mutants: readonly Mutant[]): [string, readonly Mutant[]][] {
  return [...Map.groupBy(mutants, ({ test }) => test)];
}

/** The file when one of its tests fails, or is not there, before anything is put back: then it proves nothing. */
async function unsoundIn(
  checkout: Checkout,
  [file, mutants]: [string, readonly Mutant[]],
): Promise<string | undefined> {
  const begun = performance.now();
  const run = await checkout.run(file, [...new Set(mutants.map(namesOf))].join("|"));
  const missing = mutants.filter((mutant) => !run.passed.some(isOf(mutant)));
  const sound = run.green && missing.length === 0;
  const problem = sound ? "" : `\n${run.output.slice(-OUTPUT_SHOWN)}`;
  process.stdout.write(`${sound ? "passes " : "FAILS  "} ${file}  ${secondsSince(begun).toFixed(1)} s${problem}\n`);
  return sound ? undefined : file;
}

async function judge(checkout: Checkout, mutant: Mutant): Promise<Verdict> {
  const begun = performance.now();
  const [word, detail] = await wordOn(checkout, mutant);
  const verdict = { mutant, word, seconds: secondsSince(begun), detail };
  process.stdout.write(`${lineOf(verdict)}\n`);
  return verdict;
}

async function wordOn(checkout: Checkout, mutant: Mutant): Promise<[Verdict["word"], string]> {
  if (unsound.has(mutant.test)) return ["BROKEN", `${mutant.test} does not pass as it is`];
  try {
    const run = await checkout.runWith(mutant, namesOf(mutant));
    if (run.failed.some(isOf(mutant))) return ["killed", ""];
    return run.green ? ["SURVIVED", ""] : ["BROKEN", run.output.slice(-OUTPUT_SHOWN)];
  } catch (error) {
    return ["BROKEN", String(error)];
  }
}

function namesOf({ defect, named }: Mutant): string {
  return named ?? `defect ${defect}:`;
}

function isOf({ defect }: Mutant): (name: string) => boolean {
  return (name) => name.includes(`defect ${defect}:`);
}

function lineOf({ mutant, word, seconds, detail }: Verdict): string {
  const line = `defect ${String(mutant.defect).padStart(2)}  ${word.padEnd(8)}  ${mutant.name}  ${seconds.toFixed(1)} s`;
  return detail === "" ? line : `${line}\n${detail}`;
}

function summary(all: readonly Verdict[]): string {
  const byDefect = [...Map.groupBy(all, ({ mutant }) => mutant.defect).values()];
  const found = byDefect.filter((group) => group.every(({ word }) => word === "killed"));
  const killed = all.filter(({ word }) => word === "killed");
  const of = values.defect === undefined ? ` of ${DEFECTS}` : "";
  return `${byDefect.length}${of} put back, ${found.length} found (${killed.length} of ${all.length} edits) in ${secondsSince(started).toFixed(0)} s`;
}

function secondsSince(begun: number): number {
  return (performance.now() - begun) / 1000;
}
