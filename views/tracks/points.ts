import { measured, type HistorySnapshot } from "../../src/wire/event.ts";

export type By = "time" | "depth";

/** A place on the axis; without a snapshot it is a gap in the record. */
export interface Point {
  readonly at: number;
  readonly snapshot: HistorySnapshot | undefined;
}

/** A plot is no place for more points than it has lines of pixels; rigs send 60. */
export const POINTS_MAX = 200;
/** Shorter than this there is no depth axis worth the name, ft. */
const DEPTH_SPAN_MIN_FT = 1;
/** So many usual steps without a packet are a gap. */
const GAP_STEPS = 5;

/** Ascending, as a plot's axis must; snapshots without a place on it are left out, and missing ones leave a gap. */
export function pointsAlong(window: readonly HistorySnapshot[], by: By): Point[] {
  const placed = window
    .flatMap((snapshot) => {
      const at = measured(by === "time" ? snapshot.timestamp : snapshot.depth);
      return at === undefined ? [] : [{ at, snapshot }];
    })
    .toSorted((left, right) => left.at - right.at);
  return withGaps(placed.slice(-POINTS_MAX));
}

/** Undefined when depth can be the axis. */
export function refusalOfDepth(window: readonly HistorySnapshot[]): string | undefined {
  const depths = window.flatMap(({ depth }) => measured(depth) ?? []);
  if (depths.length < window.length) return "not every snapshot has a depth";
  if (depths.some((depth, at) => depth < (depths[at - 1] ?? depth))) return "the depth does not only rise";
  const span = (depths.at(-1) ?? 0) - (depths[0] ?? 0);
  return span < DEPTH_SPAN_MIN_FT ? `the window spans less than ${DEPTH_SPAN_MIN_FT} ft` : undefined;
}

/** A line over hours without packets would tell of values that nobody measured. */
function withGaps(points: readonly Point[]): Point[] {
  const usual = usualStepS(points);
  return points.flatMap((point, at) => {
    const before = points[at - 1];
    const step = stepS(before, point);
    if (before === undefined || step === undefined || step <= usual * GAP_STEPS) return [point];
    return [{ at: (before.at + point.at) / 2, snapshot: undefined }, point];
  });
}

function usualStepS(points: readonly Point[]): number {
  const steps = points.flatMap((point, at) => stepS(points[at - 1], point) ?? []).toSorted((a, b) => a - b);
  return steps[Math.floor(steps.length / 2)] ?? 0;
}

function stepS(before: Point | undefined, point: Point): number | undefined {
  const [from, to] = [measured(before?.snapshot?.timestamp), measured(point.snapshot?.timestamp)];
  return from === undefined || to === undefined ? undefined : to - from;
}
