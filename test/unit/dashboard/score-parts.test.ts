import { expect, test } from "bun:test";
import fc from "fast-check";
import { DAY_MS, scoreOf } from "../../../src/domain/curation/score.ts";
import { scoreParts } from "../../../src/domain/dashboard/score-parts.ts";
import { OUTCOME_NAMES } from "../../../src/wire/vocabulary.ts";

const AT = new Date("2026-11-20T00:00:00Z");
const PENDING_DAYS = 30;
const SEED = 20_261_125;

const anEpisode = fc.record({
  outcome: fc.constantFrom(...OUTCOME_NAMES),
  timestamp: fc.integer({ min: -5, max: 900 }).map((days) => new Date(AT.getTime() - days * DAY_MS * 0.7)),
  detail: fc.constantFrom(0, 0.3, 0.4, 0.6, 0.7, 1),
  diversity: fc.double({ min: 0, max: 1, noNaN: true }),
});

function units(score: number): number {
  return Math.round(score * 10_000);
}

test("the lines add up, to the last digit shown, to the score as it is stored", () => {
  const property = fc.property(anEpisode, (episode) => {
    const score = scoreOf(episode, AT, PENDING_DAYS);
    const { lines, sum, forgotten, unexplained, total } = scoreParts(
      { ...episode, score, scored_at: AT },
      PENDING_DAYS,
    );
    const parts = lines.reduce((all, { part }) => all + units(part), 0);
    expect(parts).toBe(units(sum));
    expect(parts + units(forgotten?.part ?? 0)).toBe(units(score));
    expect(units(total)).toBe(units(score));
    expect(unexplained).toBeNull();
    for (const { weight, term, part } of lines) expect(Math.abs(weight * term - part)).toBeLessThan(0.0001);
  });
  fc.assert(property, { seed: SEED, numRuns: 2000 });
});

test("an episode that nobody answers in time has a line of its own, down to 0.05; one answered has none", () => {
  const old = { timestamp: new Date(AT.getTime() - 31 * DAY_MS), detail: 1, diversity: 1, scored_at: AT };
  const pending = scoreParts({ ...old, outcome: "Pending", score: 0.05 }, PENDING_DAYS);
  expect(pending.forgotten).toMatchObject({ pending_days: 30, score: 0.05 });
  expect(pending.total).toBe(0.05);
  expect(units(pending.sum) + units(pending.forgotten?.part ?? 0)).toBe(500);
  const answered = { ...old, outcome: "Escalated" } as const;
  expect(scoreParts({ ...answered, score: scoreOf(answered, AT, 30) }, PENDING_DAYS).forgotten).toBeNull();
});

test("a stored score that its parts do not give says by how much, instead of lines that seem to add up", () => {
  const parts = { outcome: "Resolved", timestamp: AT, detail: 0, diversity: 0 } as const;
  const stored = scoreParts({ ...parts, score: 0.8, scored_at: AT }, PENDING_DAYS);
  expect(stored.sum).toBe(0.75);
  expect(stored.unexplained).toBe(0.05);
  expect(stored.total).toBe(0.8);
});
