import type { Category } from "../../src/wire/vocabulary.ts";
import { CHANNELS, type Channel } from "./channels.ts";

export interface TrackForm {
  /** The first is drawn whole, the second dashed. */
  readonly channels: readonly [Channel] | readonly [Channel, Channel];
  /** One scale for both, or the gap between them cannot be seen. */
  readonly shared?: boolean;
}

/** What can be drawn, by the name that the address knows it by. */
export const TRACKS = {
  flow: { channels: ["flow_in", "flow_out"], shared: true },
  balance: { channels: ["flow_balance", "pit_rate"] },
  pit: { channels: ["pit_rate"] },
  spp: { channels: ["spp"] },
  gas_ecd: { channels: ["gas_units", "ecd_margin"] },
  gas: { channels: ["gas_units"] },
  ecd: { channels: ["ecd_margin"] },
  wob_rop: { channels: ["wob", "rop"] },
  torque_rpm: { channels: ["torque", "rpm"] },
  mse: { channels: ["mse"] },
  mse_efficiency: { channels: ["mse", "mse_efficiency"] },
  d_exponent: { channels: ["d_exponent"] },
  depth: { channels: ["depth"] },
} as const satisfies Readonly<Record<string, TrackForm>>;

export type TrackName = keyof typeof TRACKS;
export const TRACK_NAMES = Object.keys(TRACKS) as readonly TrackName[];
/** More do not fit beside each other. */
export const TRACKS_MAX = 6;

/**
 * What a driller looks at first, for each kind of trouble. An event without a category is mostly a summary of quiet
 * drilling: it shows how the well was drilled, then what would give trouble away.
 */
const FIRST_TRACKS: Readonly<Record<Category, readonly TrackName[]>> = {
  None: ["wob_rop", "torque_rpm", "spp", "flow", "mse", "gas_ecd"],
  WellControl: ["flow", "balance", "spp", "gas_ecd", "wob_rop"],
  Mechanical: ["torque_rpm", "wob_rop", "spp", "mse"],
  Hydraulics: ["spp", "flow", "ecd", "pit", "wob_rop"],
  DrillingEfficiency: ["mse_efficiency", "wob_rop", "torque_rpm", "d_exponent"],
  Formation: ["d_exponent", "wob_rop", "gas", "mse", "ecd"],
};

export function firstTracks(category: Category): readonly TrackName[] {
  return FIRST_TRACKS[category];
}

export function isTrackName(name: string): name is TrackName {
  return Object.hasOwn(TRACKS, name);
}

/** Those asked for, each once and no more than fit; the category's own when none of them is known. */
export function chosenTracks(category: Category, wished: readonly string[]): readonly TrackName[] {
  const known = [...new Set(wished)].filter(isTrackName).slice(0, TRACKS_MAX);
  return known.length === 0 ? firstTracks(category) : known;
}

/** `Gas and ECD margin`. */
export function trackTitle(name: TrackName): string {
  return TRACKS[name].channels.map((channel) => CHANNELS[channel].label).join(" and ");
}
