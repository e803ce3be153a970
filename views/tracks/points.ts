import { measured, type HistorySnapshot } from "../../src/wire/event.ts";

export type By = "time" | "depth";

/** A place on the axis; without a snapshot it is a gap in the record. */
export interface Point {
  readonly at: number;
  /** Where it is drawn: nearer than it is after a long gap, which would squeeze everything else together. */
  readonly place: number;
  readonly snapshot: HistorySnapshot | undefined;
}

/** A plot is no place for more points than it has lines of pixels; rigs send 60. */
export const POINTS_MAX = 200;
/** Shorter than this there is no depth axis worth the name, ft. */
const DEPTH_SPAN_MIN_FT = 1;
/** So many usual steps without a packet are a gap. */
const GAP_STEPS = 5;
/** Of the recorded time: as much room as a gap gets at most. */
const GAP_SHARE = 0.1;

/** Ascending, as a plot's axis must; snapshots without a place on it are left out, and missing ones leave a gap. */
export function pointsAlong(window: readonly HistorySnapshot[], by: By): Point[] {
  const placed = window
    .flatMap((snapshot) => {
      const at = measured(by === "time" ? snapshot.timestamp : snapshot.depth);
      return at === undefined ? [] : [{ at, place: at, snapshot }];
    })
    .toSorted((left, right) => left.at - right.at);
  return withGaps(placed.slice(-POINTS_MAX), by);
}

/** A stretch of the record without a gap, and how far it is moved. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
  readonly shift: number;
}

export function stretchesOf(points: readonly Point[]): Stretch[] {
  const ends = points.flatMap(({ snapshot }, at) => (snapshot === undefined ? [at] : []));
  return [0, ...ends.map((end) => end + 1)].flatMap((start, nth) => {
    const [first, last] = [points[start], points[(ends[nth] ?? points.length) - 1]];
    return first === undefined || last === undefined
      ? []
      : [{ from: first.at, to: last.at, shift: first.at - first.place }];
  });
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
function withGaps(points: readonly Point[], by: By): Point[] {
  const usual = usualStepS(points);
  const isGap = (step: number | undefined): step is number => step !== undefined && step > usual * GAP_STEPS;
  const steps = points.map((point, at) => stepS(points[at - 1], point));
  const recorded = steps.reduce<number>((sum, step) => sum + (isGap(step) ? 0 : (step ?? 0)), 0);
  const room = Math.max(usual * GAP_STEPS, recorded * GAP_SHARE);
  let shift = 0;
  return points.flatMap((point, nth): Point[] => {
    const [before, step] = [points[nth - 1], steps[nth]];
    if (before === undefined || !isGap(step)) return [{ ...point, place: point.at - shift }];
    const start = before.at - shift;
    if (by === "time") shift += Math.max(0, step - room);
    const place = point.at - shift;
    return [
      { at: (before.at + point.at) / 2, place: (start + place) / 2, snapshot: undefined },
      { ...point, place },
    ];
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
