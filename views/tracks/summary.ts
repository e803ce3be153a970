import { measured } from "../../src/wire/event.ts";
import { longDuration, number } from "../parts/numbers.ts";
import { CHANNELS } from "./channels.ts";
import { isNumber } from "./curve.ts";
import type { Curve, Track } from "./model.ts";
import type { Point } from "./points.ts";

/** Noise reaches to both sides, and so a swing is told from twice of what a change is. */
const SWING = 2;
/** Values at each end that are averaged, so that one packet is no trend. */
const END_VALUES = 5;

interface Course {
  readonly curve: Curve;
  readonly first: number;
  readonly last: number;
  readonly low: number;
  readonly high: number;
}

/** What the curves show, in words: what moved first, then what swung, then what stayed. */
export function summaryOf(points: readonly Point[], tracks: readonly Track[]): string {
  const curves = distinct(tracks.flatMap((track) => track.curves));
  const courses = curves.flatMap((curve) => courseOf(curve) ?? []);
  const moved = courses.filter((course) => isChange(course));
  const swung = courses.filter((course) => !isChange(course) && isSwing(course));
  const steady = courses.filter((course) => !isChange(course) && !isSwing(course) && !isZero(course));
  const silent = curves.filter(({ values }) => !values.some(isNumber));
  return [
    `${spanText(points)}.`,
    sentence("", moved.map(movedText)),
    sentence("Varying: ", swung.map(swungText)),
    sentence(points.length === 1 ? "" : "Steady: ", steady.map(steadyText)),
    sentence(
      "No reading or zero throughout: ",
      courses.filter(isZero).map(({ curve }) => curve.label),
    ),
    sentence(
      "Nothing to draw: ",
      silent.map(({ label }) => label),
    ),
  ]
    .filter((text) => text !== "")
    .join(" ");
}

/** `60 snapshots in 59 s`, and where the record has a hole. */
function spanText(points: readonly Point[]): string {
  const times = points.flatMap(({ snapshot }) => measured(snapshot?.timestamp) ?? []);
  const count = points.filter(({ snapshot }) => snapshot !== undefined).length;
  const text = count === 1 ? "1 snapshot" : `${number(count)} snapshots`;
  const span = times.length < 2 ? "" : ` in ${longDuration(Math.max(...times) - Math.min(...times))}`;
  if (points.every(({ snapshot }) => snapshot !== undefined)) return text + span;
  const steps = times.map((at, nth) => Math.abs(at - (times[nth - 1] ?? at)));
  return `${text}${span}, with a gap of ${longDuration(Math.max(...steps))} without any`;
}

function distinct(curves: readonly Curve[]): Curve[] {
  return [...new Map(curves.map((curve) => [curve.channel, curve])).values()];
}

function courseOf(curve: Curve): Course | undefined {
  const known = curve.values.filter(isNumber);
  if (known.length === 0) return undefined;
  const ends = Math.max(1, Math.min(END_VALUES, Math.floor(known.length / 2)));
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return { curve, first: mean(known.slice(0, ends)), last: mean(known.slice(-ends)), low, high };
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function isChange({ curve, first, last }: Course): boolean {
  return Math.abs(last - first) >= CHANNELS[curve.channel].telling;
}

function isSwing({ curve, low, high }: Course): boolean {
  return high - low >= SWING * CHANNELS[curve.channel].telling;
}

function isZero({ low, high }: Course): boolean {
  return low === 0 && high === 0;
}

function sentence(start: string, parts: readonly string[]): string {
  return parts.length === 0 ? "" : `${start}${parts.join("; ")}.`;
}

function movedText({ curve, first, last }: Course): string {
  const word = last > first ? "rose" : "fell";
  return `${curve.label} ${word} from ${number(first, curve.digits)} to ${withUnit(last, curve)}`;
}

function swungText({ curve, low, high }: Course): string {
  return `${curve.label} ${number(low, curve.digits)} to ${withUnit(high, curve)}`;
}

function steadyText({ curve, last }: Course): string {
  return `${curve.label} ${withUnit(last, curve)}`;
}

function withUnit(value: number, { digits, unit }: Curve): string {
  return `${number(value, digits)} ${unit}`.trim();
}
