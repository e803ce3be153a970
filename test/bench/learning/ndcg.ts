import type { Case } from "./cases.ts";

const SHOWN = 5;

/** Of a library without the asking rig, best first; at least five when there are so many. */
export type Ranking = (query: Case, library: readonly Case[]) => readonly Case[];

export interface Quality {
  /** Mean over families of their mean. */
  readonly macro: number;
  /** Mean over queries. */
  readonly micro: number;
  readonly byFamily: ReadonlyMap<string, readonly number[]>;
}

/**
 * nDCG@5 (Järvelin and Kekäläinen 2002) with gains of 1 for a case of the query's family and 0 for any other:
 * Σ gain/log2(place + 1) over the first five, divided by what the best order of the library would reach, which is all
 * five places right or as many as the library has. Every event that has a family asks, including quiet drilling, over
 * all events of the other rigs, including the stock runs, where nobody said what the case was about and which are
 * never right. A query whose family no other rig has is left out. 250 queries of 11 families in the fixtures.
 */
export function quality(cases: readonly Case[], library: readonly Case[], ranking: Ranking): Quality {
  const byFamily = new Map<string, number[]>();
  for (const query of cases) {
    const others = othersOf(query, library);
    const right = others.filter((other) => other.family === query.family).length;
    if (query.family === "" || right === 0) continue;
    const gains = ranking(query, others)
      .slice(0, SHOWN)
      .map((found) => (found.family === query.family ? 1 : 0));
    const ideal = discounted(Array.from({ length: Math.min(SHOWN, right) }, () => 1));
    byFamily.set(query.family, [...(byFamily.get(query.family) ?? []), discounted(gains) / ideal]);
  }
  const families = [...byFamily.values()];
  return { macro: mean(families.map(mean)), micro: mean(families.flat()), byFamily };
}

export function othersOf(query: Case, library: readonly Case[]): Case[] {
  return library.filter(({ event }) => event.rig_id !== query.event.rig_id);
}

export function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Share of (higher, lower) pairs in the right order, ties half: 0.5 is chance. */
export function areaUnderCurve(higher: readonly number[], lower: readonly number[]): number {
  const shares = higher.map((high) => mean(lower.map((low) => (high > low ? 1 : high === low ? 0.5 : 0))));
  return mean(shares);
}

function discounted(gains: readonly number[]): number {
  return gains.reduce((sum, gain, at) => sum + gain / Math.log2(at + 2), 0);
}
