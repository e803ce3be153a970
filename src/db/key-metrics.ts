import type { EpisodeMetrics } from "../wire/episode.ts";

const NONE: EpisodeMetrics = {
  mse_efficiency: 0,
  flow_balance: 0,
  d_exponent: 0,
  torque_delta_percent: 0,
  ecd_margin: 0,
  rop: 0,
};

/** As `events` has them: what is 0 is left out, because a short event measures one or two. */
export function sparseMetrics(metrics: EpisodeMetrics): Partial<EpisodeMetrics> {
  return Object.fromEntries(Object.entries(metrics).filter(([, value]) => value !== 0));
}

/** All six again. What is no object stays what it is: whoever reads it checks it. */
export function wholeMetrics(stored: unknown): unknown {
  return typeof stored === "object" && stored !== null ? { ...NONE, ...stored } : stored;
}
