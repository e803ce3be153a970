import { OUTCOME_NAMES, type OutcomeName } from "../wire/vocabulary.ts";

export interface OutcomeShares {
  readonly total: number;
  readonly pending: number;
  /** In the order Resolved, Escalated, Pending, FalsePositive; those that do not occur are 0. */
  readonly outcome_breakdown: readonly { readonly outcome: OutcomeName; readonly count: number }[];
  /** (Resolved + Escalated) ÷ all, 0 to 1; null without events, which is not the same as nothing resolved. */
  readonly resolution_rate: number | null;
  /** The same of those that were answered at all. */
  readonly answered_resolution_rate: number | null;
}

export function outcomeShares(
  counts: readonly { readonly outcome: OutcomeName; readonly count: number }[],
): OutcomeShares {
  const of = (name: OutcomeName): number =>
    counts.reduce((sum, { outcome, count }) => (outcome === name ? sum + count : sum), 0);
  const breakdown = OUTCOME_NAMES.toReversed().map((outcome) => ({ outcome, count: of(outcome) }));
  const total = breakdown.reduce((sum, { count }) => sum + count, 0);
  const pending = of("Pending");
  const resolved = of("Resolved") + of("Escalated");
  return {
    total,
    pending,
    outcome_breakdown: breakdown,
    resolution_rate: rate(resolved, total),
    answered_resolution_rate: rate(resolved, total - pending),
  };
}

function rate(part: number, whole: number): number | null {
  return whole === 0 ? null : part / whole;
}
