import { number } from "../parts/numbers.ts";
import { localTime } from "../parts/time.tsx";
import { stretchesOf, type By, type Point } from "./points.ts";
import { roundStep } from "./scale.ts";

export interface Axis {
  readonly min: number;
  readonly max: number;
  readonly ticks: readonly { readonly at: number; readonly label: string }[];
}

export interface AxisWish {
  readonly by: By;
  /** IANA name. */
  readonly zone: string;
  /** Where the event lies on it. */
  readonly event: number | undefined;
}

const TICKS_MAX = 8;
const PAD = 0.03;
/** Of an axis with a single point; and what an event may lie outside of a short window. */
const LEAST_SPAN = { time: 20, depth: 1 };
/** As people divide an hour and a day, s. */
const TIME_STEPS_S = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200];
const DAY_S = 86_400;
const MINUTE_S = 60;
/** An event so many spans outside the window would squeeze it together: it is told, not drawn. */
const EVENT_REACH = 0.25;

export function axisOf(points: readonly Point[], { by, zone, event }: AxisWish): Axis {
  const places = [...points.map(({ place }) => place), ...(event === undefined ? [] : [placeOf(points, event)])];
  const [low, high] = places.length === 0 ? [0, 0] : [Math.min(...places), Math.max(...places)];
  const pad = high > low ? (high - low) * PAD : LEAST_SPAN[by] / 2;
  const [min, max] = [low - pad, high + pad];
  const step = by === "time" ? timeStepS((max - min) / TICKS_MAX) : roundStep((max - min) / TICKS_MAX);
  const stretches = stretchesOf(points);
  const ticks = stretches.flatMap(({ from, to, shift }, nth) => {
    const ends = [nth === 0 ? min + shift : from, nth === stretches.length - 1 ? max + shift : to] as const;
    return roundPlaces(...ends, step).map((at) => ({ at: at - shift, label: tickLabel(at, step, { by, zone }) }));
  });
  return { min, max, ticks };
}

/** Multiples of the step between two places. */
function roundPlaces(from: number, to: number, step: number): number[] {
  const first = Math.ceil(from / step);
  const count = Math.min(TICKS_MAX, Math.floor(to / step) - first + 1);
  return Array.from({ length: Math.max(0, count) }, (_, at) => (first + at) * step);
}

/** Where a time or depth is drawn. */
export function placeOf(points: readonly Point[], at: number): number {
  const stretches = stretchesOf(points);
  const nth = Math.max(
    0,
    stretches.findLastIndex(({ from }) => from <= at),
  );
  const [own, next] = [stretches[nth], stretches[nth + 1]];
  const place = at - (own?.shift ?? 0);
  return next === undefined ? place : Math.min(place, next.from - next.shift);
}

/** Undefined when it lies too far from the window to be drawn with it. */
export function drawnEvent(points: readonly Point[], by: By, event: number | undefined): number | undefined {
  const [first, last] = [points[0]?.at, points.at(-1)?.at];
  if (event === undefined || first === undefined || last === undefined) return undefined;
  const reach = Math.max((last - first) * EVENT_REACH, LEAST_SPAN[by]);
  return event >= first - reach && event <= last + reach ? event : undefined;
}

/** `2026-11-10 14:02:10 UTC`; the wire lets a snapshot's time be any number, and one that no calendar has stays one. */
export function timeText(seconds: number, zone: string): string {
  const date = new Date(seconds * 1000);
  return Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9999
    ? `${number(seconds)} s`
    : localTime(date.toISOString(), zone);
}

/** `14:02:10` of it. */
export function clockText(seconds: number, zone: string): string {
  const text = timeText(seconds, zone);
  return text.endsWith(" s") ? text : text.slice(11, 19);
}

/** `UTC`, `GMT-6`: the zone's name at that time of the year. */
export function zoneText(seconds: number, zone: string): string {
  return timeText(seconds, zone).slice("2026-11-10 14:02:10 ".length);
}

function tickLabel(at: number, step: number, { by, zone }: Pick<AxisWish, "by" | "zone">): string {
  if (by === "depth") return number(at, step < 1 ? 1 : 0);
  const clock = clockText(at, zone);
  if (clock === "00:00:00") return timeText(at, zone).slice(5, 10);
  return step < MINUTE_S || clock.length > 8 ? clock : clock.slice(0, 5);
}

function timeStepS(least: number): number {
  return TIME_STEPS_S.find((step) => step >= least) ?? roundStep(least / DAY_S) * DAY_S;
}
