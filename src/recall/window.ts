import { measured, type HistorySnapshot } from "../wire/event.ts";

/** Columns of a snapshot that are sensors. */
export type ChannelName = Exclude<keyof HistorySnapshot, "timestamp">;

const NEWEST = 5;
/** Fewer samples have no trend. */
export const TREND_SAMPLES_MIN = 6;
/** How much of a window an oscillation is read from. */
const OSCILLATION_SAMPLES = 30;

/** The readings of one channel, oldest first; empty when the rig has no such sensor (nulls, or 0 throughout). */
export function channel(window: readonly HistorySnapshot[], name: ChannelName): number[] {
  const readings = window.map((snapshot) => measured(snapshot[name])).filter((reading) => reading !== undefined);
  return readings.some((reading) => reading !== 0) ? readings : [];
}

/** Median of the newest five readings: one spike moves nothing. */
export function last(readings: readonly number[]): number | undefined {
  return median(readings.slice(-NEWEST));
}

/** Median of the first third: what the well was like before. */
export function base(readings: readonly number[]): number | undefined {
  return median(readings.slice(0, Math.max(1, Math.floor(readings.length / 3))));
}

/** Natural logarithm of now over before; undefined when either is not positive or the window is too short. */
export function logRatio(readings: readonly number[]): number | undefined {
  const now = last(readings);
  const before = base(readings);
  if (readings.length < TREND_SAMPLES_MIN || now === undefined || before === undefined) return undefined;
  return now > 0 && before > 0 ? Math.log(now / before) : undefined;
}

/**
 * Mean absolute second difference over twice the mean reading, newest thirty of each. A straight drift gives 0,
 * a reading that alternates by ±a around m gives 2a/m, whatever the sensor's level.
 */
export function oscillation(readings: readonly number[]): number | undefined {
  if (readings.length < TREND_SAMPLES_MIN) return undefined;
  const sizes = readings.map(Math.abs);
  if (median(sizes) === 0) return undefined;
  const bends = secondDifferences(readings).map(Math.abs);
  return mean(bends.slice(-OSCILLATION_SAMPLES)) / (2 * mean(sizes.slice(-OSCILLATION_SAMPLES)));
}

function secondDifferences(readings: readonly number[]): number[] {
  return readings.slice(2).map((reading, at) => reading - 2 * (readings[at + 1] ?? 0) + (readings[at] ?? 0));
}

function median(values: readonly number[]): number | undefined {
  const sorted = values.toSorted((left, right) => left - right);
  const upper = sorted[Math.floor(sorted.length / 2)];
  const lower = sorted[Math.floor((sorted.length - 1) / 2)];
  return upper === undefined || lower === undefined ? undefined : (lower + upper) / 2;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
