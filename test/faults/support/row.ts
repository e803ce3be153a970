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

export interface Count {
  /** How often the row is tried. */
  readonly full: number;
  /** With FLEET_FAULTS_TENTH=1, when a tenth is less. */
  readonly least?: number;
}

/** A row of the table of faults. FLEET_FAULTS_TENTH=1 takes a tenth of it, FLEET_FAULTS_TIMES any other number. */
export function row(name: string, count: number | Count, run: (times: number) => Promise<Tried>): void {
  test(
    name,
    async () => {
      const started = performance.now();
      const { faults, hits = new Map<string, number>(), ...found } = await run(timesOf(count));
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

function timesOf(count: number | Count): number {
  const { full, least = LEAST } = typeof count === "number" ? { full: count } : count;
  const stated = Number(process.env["FLEET_FAULTS_TIMES"] ?? Number.NaN);
  if (Number.isInteger(stated) && stated > 0) return stated;
  return process.env["FLEET_FAULTS_TENTH"] === "1" ? Math.min(full, Math.max(least, Math.ceil(full / 10))) : full;
}

function shortened({ lost, doubled, wrong }: Findings): Findings {
  return { lost: lost.slice(0, SHOWN), doubled: doubled.slice(0, SHOWN), wrong: wrong.slice(0, SHOWN) };
}
