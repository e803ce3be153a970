import { measured } from "../../src/wire/event.ts";
import { longDuration, number } from "../parts/numbers.ts";
import { axisOf, clockText, drawnEvent, placeOf } from "./axis.ts";
import { chosenTracks, TRACKS, trackTitle, type TrackForm, type TrackName } from "./catalogue.ts";
import { CHANNELS } from "./channels.ts";
import { curveNotes, drawnValues, isNumber } from "./curve.ts";
import type { Curve, Label, Track, TracksInput, TracksPlan, TracksWish } from "./model.ts";
import { pointsAlong, refusalOfDepth, type By, type Point } from "./points.ts";
import { scaleAround } from "./scale.ts";
import { summaryOf } from "./summary.ts";

/** Everything that the tracks show, as plain data. */
export function planTracks({ window, event, wish, zone }: TracksInput): TracksPlan {
  const depthRefusal = refusalOfDepth(window);
  const by = depthRefusal === undefined ? wish.by : "time";
  const points = pointsAlong(window, by);
  const line = drawnEvent(points, by, by === "time" ? event.timestamp : measured(event.depth));
  const tracks = chosenTracks(event.category, wish.tracks).map((name) => trackOf(name, points, wish.scale));
  return {
    by,
    depthRefusal,
    tracks,
    event: line === undefined ? undefined : placeOf(points, line),
    breaks: breaksOf(points, by),
    axis: axisOf(points, { by, zone, event: line }),
    x: points.map(({ place }) => place),
    labels: points.map((point) => labelOf(point, { by, zone, eventS: event.timestamp })),
    cursor: nearestPoint(points, line),
    summary: summaryOf(points, tracks),
  };
}

/** Places to a thousandth of a second or foot. */
const PLACES = 1000;

/** The part of it that the script draws from; each place is told from the one before it, in fewer digits. */
export function islandOf({ axis, x, labels, event, breaks, cursor, tracks }: TracksPlan) {
  const drawn = tracks.map(({ name, curves }) => ({ name, curves: curves.map(drawnCurve) }));
  const steps = x.map((at, nth) => Math.round((at - (x[nth - 1] ?? 0)) * PLACES) / PLACES);
  return { axis, steps, labels, event: event ?? null, breaks, cursor, tracks: drawn };
}

function drawnCurve({ label, unit, digits, scale, min, max, values }: Curve) {
  return { label, unit, digits, scale, min, max, values: values.map(rounded) };
}

function trackOf(name: TrackName, points: readonly Point[], wanted: TracksWish["scale"]): Track {
  const { channels, shared = false }: TrackForm = TRACKS[name];
  const curves = channels.map((channel): Curve => {
    const { label, unit, digits, range } = CHANNELS[channel];
    const around = (shared ? channels : [channel]).flatMap((one) => drawnValues(one, points).filter(isNumber));
    // A depth of 9,000 ft says nothing on a scale from the surface.
    const scale = wanted === "auto" || name === "depth" ? scaleAround(around) : { min: range[0], max: range[1] };
    const { min, max } = scale;
    const [values, notes] = [drawnValues(channel, points), curveNotes(channel, points, scale)];
    return { channel, label, unit, digits, min, max, scale: shared ? name : channel, values, notes };
  });
  return { name, title: trackTitle(name), curves };
}

function labelOf({ at, snapshot }: Point, form: { by: By; zone: string; eventS: number }): Label {
  if (snapshot === undefined) return null;
  const seconds = measured(snapshot.timestamp);
  const clock = seconds === undefined ? number(undefined) : clockText(seconds, form.zone);
  const depth = `${number(form.by === "depth" ? at : snapshot.depth, CHANNELS.depth.digits)} ft`;
  const away = seconds === undefined ? "" : awayText(seconds - form.eventS);
  return form.by === "time" ? [clock, depth, away] : [depth, clock, away];
}

/** Gaps whose length the axis does not show. */
function breaksOf(points: readonly Point[], by: By): TracksPlan["breaks"] {
  return points.flatMap(({ place, snapshot }, at) => {
    const [before, after] = [points[at - 1], points[at + 1]];
    if (by === "depth" || snapshot !== undefined || before === undefined || after === undefined) return [];
    return [{ at: place, label: `${longDuration(after.at - before.at)} without packets` }];
  });
}

function awayText(seconds: number): string {
  if (Math.abs(seconds) < 0.5) return "at the event";
  return `${longDuration(Math.abs(seconds))} ${seconds < 0 ? "before" : "after"}`;
}

function nearestPoint(points: readonly Point[], line: number | undefined): number {
  const away = points.map(({ at, snapshot }) =>
    snapshot === undefined ? Infinity : line === undefined ? -at : Math.abs(at - line),
  );
  return Math.max(0, away.lastIndexOf(Math.min(...away)));
}

/** Seventeen digits of a float are noise on a screen, and weigh. */
function rounded(value: number | null): number | null {
  return value === null ? null : Number(value.toFixed(4));
}
