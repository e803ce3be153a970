import { expect, test } from "bun:test";
import { say } from "../../support/say.ts";

/** What the fleet is found to be once it is quiet; each a sentence about one thing. */
export interface Findings {
  readonly lost: readonly string[];
  readonly doubled: readonly string[];
  readonly wrong: readonly string[];
}

export interface Tried extends Findings {
  readonly faults: number;
  /** What the faults hit, how often. */
  readonly hits?: ReadonlyMap<string, number>;
}

const LONG_MS = 6 * 3_600_000;
const LEAST = 20;
const SHOWN = 5;

/**
 * A row of the table of faults. `full` is how often it is tried; FLEET_FAULTS_TENTH=1 takes a tenth, at least 20, and
 * FLEET_FAULTS_TIMES any other number.
 */
export function row(name: string, full: number, run: (times: number) => Promise<Tried>): void {
  test(
    name,
    async () => {
      const started = performance.now();
      const { faults, hits = new Map<string, number>(), ...found } = await run(timesOf(full));
      const seconds = (performance.now() - started) / 1000;
      const { lost, doubled, wrong } = found;
      say(
        `${name}: faults tried ${faults}, lost ${lost.length}, doubled ${doubled.length}, wrong ${wrong.length}, ${seconds.toFixed(0)} s`,
      );
      if (hits.size > 0) say(`  ${[...hits].map(([what, times]) => `${what} ${times}`).join(", ")}`);
      for (const line of [...lost, ...doubled, ...wrong].slice(0, SHOWN)) say(`  ${line}`);
      expect(shortened(found)).toEqual({ lost: [], doubled: [], wrong: [] });
    },
    LONG_MS,
  );
}

function timesOf(full: number): number {
  const stated = Number(process.env["FLEET_FAULTS_TIMES"] ?? Number.NaN);
  if (Number.isInteger(stated) && stated > 0) return stated;
  return process.env["FLEET_FAULTS_TENTH"] === "1" ? Math.min(full, Math.max(LEAST, Math.ceil(full / 10))) : full;
}

function shortened({ lost, doubled, wrong }: Findings): Findings {
  return { lost: lost.slice(0, SHOWN), doubled: doubled.slice(0, SHOWN), wrong: wrong.slice(0, SHOWN) };
}
