import { seededRandom, unitInterval } from "../../../src/base/random.ts";
import type { EpisodeMetrics } from "../../../src/wire/episode.ts";
import type { Case } from "./cases.ts";
import type { Ranking } from "./ndcg.ts";

/** Cases of the query's category in any order, then the others. */
export function randomWithinCategory(seed: number): Ranking {
  const random = seededRandom(seed);
  return (query, library) => sortedBy(library, (other) => (same(query, other) ? 0 : 1) + unitInterval(random));
}

/**
 * The first implementation: an episode's category is that of the first vote, always DrillingEfficiency, so a query of
 * another category falls back on all; and its recency term prefers the oldest.
 */
export const firstImplementation: Ranking = (_query, library) => sortedBy(library, ({ event }) => event.timestamp);

/** Euclidean distance of the six key metrics as old rigs fill them, each in standard deviations of the library. */
export const nearestByMetrics: Ranking = (query, library) => {
  const scales = METRICS.map((name) => deviation(library.map((other) => ofOldRig(other)[name])));
  const distance = (other: Case): number =>
    METRICS.reduce((sum, name, at) => {
      const scaled = (ofOldRig(query)[name] - ofOldRig(other)[name]) / (scales[at] || 1);
      return sum + scaled ** 2;
    }, 0);
  return sortedBy(library, distance);
};

const MAD_TO_DEVIATION = 1.4826;
const DIFFERENCE_MAX = 3;
const OTHER_CAMPAIGN = 1;
const DEPTH_SCALE_FT = 2_000;

/** Sum of capped differences in robust deviations (median and MAD) of all key metrics, with depth, campaign and category. */
export const robustDistance: Ranking = (query, library) => {
  const scales = METRICS.map((name) => robustDeviation(library.map((other) => other.metrics[name])));
  const distance = (other: Case): number => {
    const metrics = METRICS.map((name, at) => Math.abs(query.metrics[name] - other.metrics[name]) / (scales[at] || 1));
    const depth = Math.abs(query.entry.depth_ft - other.entry.depth_ft) / DEPTH_SCALE_FT;
    const terms = [...metrics, depth].reduce((sum, term) => sum + Math.min(term, DIFFERENCE_MAX), 0);
    return (
      terms +
      (query.entry.campaign === other.entry.campaign ? 0 : OTHER_CAMPAIGN) +
      (same(query, other) ? 0 : DIFFERENCE_MAX)
    );
  };
  return sortedBy(library, distance);
};

const METRICS: readonly (keyof EpisodeMetrics)[] = [
  "mse_efficiency",
  "flow_balance",
  "d_exponent",
  "torque_delta_percent",
  "ecd_margin",
  "rop",
];

function ofOldRig({ metrics }: Case): EpisodeMetrics {
  return { ...metrics, torque_delta_percent: 0, ecd_margin: 0 };
}

function same(query: Case, other: Case): boolean {
  return query.entry.category === other.entry.category;
}

function deviation(values: readonly number[]): number {
  const middle = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - middle) ** 2, 0) / values.length);
}

function robustDeviation(values: readonly number[]): number {
  const middle = median(values);
  return MAD_TO_DEVIATION * median(values.map((value) => Math.abs(value - middle)));
}

function median(values: readonly number[]): number {
  return values.toSorted((left, right) => left - right)[Math.floor(values.length / 2)] ?? 0;
}

function sortedBy(library: readonly Case[], key: (other: Case) => number): Case[] {
  const keyed = library.map((other) => ({ other, by: key(other) }));
  return keyed.toSorted((left, right) => left.by - right.by).map(({ other }) => other);
}
