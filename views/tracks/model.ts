import type { HistorySnapshot } from "../../src/wire/event.ts";
import type { Category } from "../../src/wire/vocabulary.ts";
import type { Axis } from "./axis.ts";
import type { TrackName } from "./catalogue.ts";
import type { Channel } from "./channels.ts";
import type { By } from "./points.ts";
import type { Scale } from "./scale.ts";

export interface TracksWish {
  readonly by: By;
  /** Empty: as the category has them. */
  readonly tracks: readonly string[];
  readonly scale: "fixed" | "auto";
}

export interface TracksInput {
  /** Oldest first, as the rig sent it. */
  readonly window: readonly HistorySnapshot[];
  /** Unix s and ft. */
  readonly event: { readonly timestamp: number; readonly depth: number | null; readonly category: Category };
  readonly wish: TracksWish;
  /** IANA name of the zone that times are shown in. */
  readonly zone: string;
}

export interface Curve extends Scale {
  readonly channel: Channel;
  readonly label: string;
  readonly unit: string;
  readonly digits: number;
  /** Curves with the same name lie on the same scale. */
  readonly scale: string;
  readonly values: readonly (number | null)[];
  readonly notes: readonly string[];
}

export interface Track {
  readonly name: TrackName;
  readonly title: string;
  readonly curves: readonly Curve[];
}

export interface TracksPlan {
  readonly by: By;
  /** Why depth cannot be the axis; undefined when it can. */
  readonly depthRefusal: string | undefined;
  readonly axis: Axis;
  readonly x: readonly number[];
  /** What each point of `x` is called, for people; a gap is called nothing. */
  readonly labels: readonly Label[];
  /** Where the event line is drawn. */
  readonly event: number | undefined;
  /** Where the axis is cut, and what it leaves out. */
  readonly breaks: readonly { readonly at: number; readonly label: string }[];
  /** Index of the point nearest the event: where the cursor starts. */
  readonly cursor: number;
  readonly tracks: readonly Track[];
  readonly summary: string;
}

/** Its place on the axis, on the other axis, and how far from the event. */
export type Label = readonly [at: string, beside: string, away: string] | null;
