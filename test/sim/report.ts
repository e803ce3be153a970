import type { SeedResult } from "./run-seed.ts";

export interface ReportOptions {
  /** One seed was asked for: its trace's hash is shown. */
  readonly one: boolean;
  /** The whole trace. */
  readonly trace: boolean;
  readonly twice: boolean;
  readonly stopAtFirst: boolean;
  readonly mutant: string | undefined;
  readonly seconds: number;
}

const PROGRESS_EVERY = 25;
const LINES_SHOWN = 60;
const say = (line: string): void => void process.stdout.write(`${line}\n`);

/** Runs the seeds and tells how it goes; returns how many failed. */
export async function report(
  seeds: readonly number[],
  run: (seed: number) => Promise<SeedResult>,
  options: ReportOptions,
): Promise<number> {
  const begun = performance.now();
  const faults = new Map<string, number>();
  let failed = 0;
  let done = 0;
  for (const seed of seeds) {
    if (performance.now() - begun > options.seconds * 1000) break;
    const result = await run(seed);
    done++;
    const again = options.twice ? (await run(seed)).hash : result.hash;
    if (again !== result.hash) {
      failed++;
      say(`seed ${seed} has the trace ${result.hash}, and ${again} the second time`);
    }
    for (const [name, times] of result.faults) faults.set(name, (faults.get(name) ?? 0) + times);
    if (options.one) tellOne(result, options.trace);
    if (result.violations.length > 0) {
      failed++;
      tellFailure(result, options);
      if (options.stopAtFirst) break;
    }
    if (done % PROGRESS_EVERY === 0) say(progress(done, seeds.length, failed, begun));
  }
  if (!options.one) {
    say(progress(done, seeds.length, failed, begun));
    say(`injected: ${listed(faults)}`);
  }
  return failed;
}

function progress(done: number, of: number, failed: number, begun: number): string {
  const seconds = (performance.now() - begun) / 1000;
  return `${done} of ${of} seeds, ${failed} failed, ${seconds.toFixed(0)} s, ${(done / seconds).toFixed(1)} seeds/s`;
}

function tellOne({ seed, hash, releases, plan, lines, faults }: SeedResult, whole: boolean): void {
  if (whole) for (const line of lines) say(line);
  say(
    `seed ${seed}: ${plan.rigs} rigs, ${plan.hubs} hubs, ${plan.hours} h, ${[...plan.troubles].join(", ") || "no trouble"}`,
  );
  say(`injected: ${listed(faults)}`);
  say(`trace ${hash}, ${releases} releases`);
}

function tellFailure({ seed, violations, lines }: SeedResult, { mutant }: ReportOptions): void {
  say(`seed ${seed} FAILED`);
  for (const line of shortened(lines, violations)) say(`  ${line}`);
  for (const claim of violations) say(`  ! ${claim}`);
  const turn = mutant === undefined ? "" : `--mutant ${mutant} `;
  say(`  again: npm run sim -- ${turn}--seed ${seed}`);
}

/** Lines that name what the violations name, and the great events between them. */
function shortened(lines: readonly string[], violations: readonly string[]): string[] {
  const names = new Set(violations.flatMap((claim) => claim.match(/RIG-\d+(?:-\d+)*/g) ?? []));
  const great = /boots|is killed|power cut|cut |peace|clock|revoke|register|purge|restore|rotate/;
  const told = lines.filter((line) => great.test(line) || [...names].some((name) => line.includes(name)));
  return told.length <= LINES_SHOWN ? told : [`… ${told.length - LINES_SHOWN} more`, ...told.slice(-LINES_SHOWN)];
}

function listed(faults: ReadonlyMap<string, number>): string {
  const sorted = [...faults].toSorted(([left], [right]) => (left < right ? -1 : 1));
  return sorted.map(([name, times]) => `${name} ${times}`).join(", ");
}
