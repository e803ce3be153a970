import { measured, type HistorySnapshot } from "../../src/wire/event.ts";
import { number } from "../parts/numbers.ts";
import { CHANNELS, type Channel } from "./channels.ts";
import type { Point } from "./points.ts";
import type { Scale } from "./scale.ts";

/** What is drawn of a channel; null is a gap. */
export function drawnValues(channel: Channel, points: readonly Point[]): (number | null)[] {
  const { unknown } = CHANNELS[channel];
  return points.map(({ snapshot }) =>
    snapshot === undefined || unknown?.is(snapshot) === true ? null : (measured(snapshot[channel]) ?? null),
  );
}

export function isNumber(value: number | null): value is number {
  return value !== null;
}

/** What a reader must know before believing the curve, for people. */
export function curveNotes(channel: Channel, points: readonly Point[], scale: Scale): string[] {
  const snapshots = points.flatMap(({ snapshot }) => snapshot ?? []);
  const read = snapshots.flatMap((snapshot) => measured(snapshot[channel]) ?? []);
  if (read.length === 0) return ["not measured"];
  if (read.every((value) => value === 0)) return ["0 throughout: no reading or zero"];
  const drawn = drawnValues(channel, points).filter(isNumber);
  return [
    ...missingNote(snapshots.length - read.length, snapshots.length),
    ...unknownNote(channel, snapshots),
    ...limitNote(channel, read),
    ...outsideNote(channel, drawn, scale),
  ];
}

function missingNote(missing: number, of: number): string[] {
  return missing === 0 ? [] : [`not measured at ${missing} of ${of}`];
}

function unknownNote(channel: Channel, snapshots: readonly HistorySnapshot[]): string[] {
  const { unknown } = CHANNELS[channel];
  if (unknown === undefined) return [];
  const count = snapshots.filter(unknown.is).length;
  return count === 0 ? [] : [`not drawn at ${count} of ${snapshots.length}: ${unknown.words}`];
}

function limitNote(channel: Channel, read: readonly number[]): string[] {
  const { limit, unit } = CHANNELS[channel];
  if (limit === undefined) return [];
  const count = read.filter((value) => Math.abs(value) >= limit).length;
  return count === 0 ? [] : [`${count} at the rig's limit of ±${limit} ${unit}`];
}

function outsideNote(channel: Channel, drawn: readonly number[], { min, max }: Scale): string[] {
  const { unit } = CHANNELS[channel];
  const above = drawn.filter((value) => value > max).length;
  const below = drawn.filter((value) => value < min).length;
  return [
    ...(above === 0 ? [] : [`▸ ${above} above ${number(max)} ${unit}`.trim()]),
    ...(below === 0 ? [] : [`◂ ${below} below ${number(min)} ${unit}`.trim()]),
  ];
}
