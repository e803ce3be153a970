import type { OutcomeName } from "../../wire/vocabulary.ts";
import { DAY_MS, SCORE_DECIMALS, SCORE_TERMS } from "../curation/score.ts";

/** Scores on pages have the digits of the published one. */
const UNITS = 10 ** SCORE_DECIMALS;
/** Sums of floating point may differ by so little here and in the database. */
const SAME = 1e-9;

export interface ScoreLine {
  readonly name: "outcome" | "recency" | "detail" | "diversity";
  readonly weight: number;
  /** 0 to 1. */
  readonly term: number;
  /** Weight × term, rounded so that the lines add up to `sum`. */
  readonly part: number;
}

export interface ScoreParts {
  readonly lines: readonly ScoreLine[];
  readonly sum: number;
  /** An episode that nobody answers is worth so much, whatever its parts; null where the rule does not apply. */
  readonly forgotten: { readonly pending_days: number; readonly score: number; readonly part: number } | null;
  /** What the lines do not explain of the stored score: other settings, or other formulas, made it. */
  readonly unexplained: number | null;
  /** The stored score. */
  readonly total: number;
}

export interface StoredScore {
  readonly outcome: OutcomeName;
  readonly timestamp: Date;
  readonly detail: number;
  readonly diversity: number;
  readonly score: number;
  readonly scored_at: Date;
}

/** The stored score as sums that a person can check. Everything but `term` is in whole units of the last digit shown. */
export function scoreParts(stored: StoredScore, pendingDays: number): ScoreParts {
  const days = Math.max(0, stored.scored_at.getTime() - stored.timestamp.getTime()) / DAY_MS;
  const { outcome, recency, detail, diversity, outcomes, recencyDays, forgotten } = SCORE_TERMS;
  const terms = [
    { name: "outcome", weight: outcome, term: outcomes[stored.outcome] },
    { name: "recency", weight: recency, term: Math.exp(-days / recencyDays) },
    { name: "detail", weight: detail, term: stored.detail },
    { name: "diversity", weight: diversity, term: stored.diversity },
  ] as const;
  const exact = terms.map(({ weight, term }) => weight * term);
  const exactSum = exact.reduce((left, right) => left + right, 0);
  const total = unitsOf(stored.score);
  const sum = Math.abs(exactSum - stored.score) < SAME ? total : unitsOf(exactSum);
  const parts = shareOut(exact, sum);
  const sunk = stored.outcome === "Pending" && days > pendingDays && total === unitsOf(forgotten);
  return {
    lines: terms.map((line, at) => Object.assign({}, line, { part: (parts[at] ?? 0) / UNITS })),
    sum: sum / UNITS,
    forgotten: sunk ? { pending_days: pendingDays, score: forgotten, part: (total - sum) / UNITS } : null,
    unexplained: sunk || total === sum ? null : (total - sum) / UNITS,
    total: total / UNITS,
  };
}

function unitsOf(score: number): number {
  return Math.round(score * UNITS);
}

/** Whole units that add up to `sum`: what rounding down leaves goes to those that lost most. */
function shareOut(exact: readonly number[], sum: number): number[] {
  const units = exact.map((part) => Math.floor(part * UNITS));
  const left = sum - units.reduce((total, part) => total + part, 0);
  const lost = exact.map((part, at) => ({ at, by: part * UNITS - (units[at] ?? 0) }));
  const receiving = new Set(
    lost
      .toSorted((one, other) => other.by - one.by)
      .slice(0, left)
      .map(({ at }) => at),
  );
  return units.map((part, at) => (receiving.has(at) ? part + 1 : part));
}
