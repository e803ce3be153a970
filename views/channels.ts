import { measured, type HistorySnapshot } from "../src/wire/event.ts";
import type { Category } from "../src/wire/vocabulary.ts";

type Channel = Exclude<keyof HistorySnapshot, "timestamp">;

interface ChannelWords {
  readonly label: string;
  readonly unit: string;
  readonly digits: number;
}

/** Every measurement of a snapshot, as drillers call and round it. */
export const CHANNELS: Readonly<Record<Channel, ChannelWords>> = {
  depth: { label: "Depth", unit: "ft", digits: 1 },
  rop: { label: "ROP", unit: "ft/h", digits: 1 },
  wob: { label: "WOB", unit: "klb", digits: 1 },
  rpm: { label: "RPM", unit: "rpm", digits: 0 },
  torque: { label: "Torque", unit: "kft·lb", digits: 1 },
  spp: { label: "SPP", unit: "psi", digits: 0 },
  flow_in: { label: "Flow in", unit: "gpm", digits: 0 },
  flow_out: { label: "Flow out", unit: "gpm", digits: 0 },
  mse: { label: "MSE", unit: "psi", digits: 0 },
  mse_efficiency: { label: "MSE efficiency", unit: "%", digits: 0 },
  d_exponent: { label: "d-exponent", unit: "", digits: 2 },
  flow_balance: { label: "Flow balance", unit: "gpm", digits: 1 },
  pit_rate: { label: "Pit rate", unit: "bbl/h", digits: 1 },
  ecd_margin: { label: "ECD margin", unit: "ppg", digits: 2 },
  gas_units: { label: "Gas", unit: "units", digits: 0 },
};

export const CHANNEL_NAMES = Object.keys(CHANNELS) as readonly Channel[];

/** What a driller looks at first. Both flows stand on one scale, or the gap between them cannot be seen. */
const FIRST_TRACK: Readonly<Record<Category, readonly [Channel, ...Channel[]]>> = {
  None: ["rop"],
  DrillingEfficiency: ["mse"],
  Hydraulics: ["spp"],
  WellControl: ["flow_in", "flow_out"],
  Mechanical: ["torque"],
  Formation: ["d_exponent"],
};

/** Shorter than this there is no depth axis worth the name, ft. */
const DEPTH_SPAN_MIN_FT = 1;

export interface Track {
  readonly title: string;
  readonly unit: string;
  readonly digits: number;
  readonly by: "time" | "depth";
  /** Unix s or ft, ascending. */
  readonly x: readonly number[];
  readonly series: readonly { readonly label: string; readonly values: readonly (number | null)[] }[];
  /** Why there is no depth axis; undefined when there is one. */
  readonly depthRefusal: string | undefined;
  readonly summary: string;
}

export interface TrackWish {
  readonly by: "time" | "depth";
  readonly channel: string | undefined;
  readonly category: Category;
}

/** One track of the window: the channel that was asked for, else the one that the category is about. */
export function trackOf(window: readonly HistorySnapshot[], wish: TrackWish): Track {
  const channels = wishedChannels(wish);
  const depthRefusal = refusalOfDepth(window);
  const by = depthRefusal === undefined ? wish.by : "time";
  const points = pointsAlong(window, by === "time" ? "timestamp" : "depth");
  const { unit, digits } = CHANNELS[channels[0]];
  const series = channels.map((channel) => ({
    label: CHANNELS[channel].label,
    values: points.map(({ snapshot }) => measured(snapshot[channel]) ?? null),
  }));
  return {
    title: series.map(({ label }) => label).join(" and "),
    unit,
    digits,
    by,
    x: points.map(({ at }) => at),
    series,
    depthRefusal,
    summary: series.map(({ label, values }) => summaryOf(label, values, { unit, digits })).join(" "),
  };
}

function wishedChannels({ channel, category }: TrackWish): readonly [Channel, ...Channel[]] {
  const named = CHANNEL_NAMES.find((name) => name === channel);
  return named === undefined ? FIRST_TRACK[category] : [named];
}

/** A plot's axis must ascend, so points are sorted and those without a place on it are left out. */
function pointsAlong(window: readonly HistorySnapshot[], axis: "timestamp" | "depth") {
  return window
    .flatMap((snapshot) => {
      const at = measured(snapshot[axis]);
      return at === undefined ? [] : [{ at, snapshot }];
    })
    .toSorted((left, right) => left.at - right.at);
}

function refusalOfDepth(window: readonly HistorySnapshot[]): string | undefined {
  const depths = window.flatMap(({ depth }) => measured(depth) ?? []);
  if (depths.some((depth, at) => depth < (depths[at - 1] ?? depth))) return "the depth does not only rise";
  const span = (depths.at(-1) ?? 0) - (depths[0] ?? 0);
  return span < DEPTH_SPAN_MIN_FT ? `the window spans less than ${DEPTH_SPAN_MIN_FT} ft` : undefined;
}

function summaryOf(label: string, values: readonly (number | null)[], form: { unit: string; digits: number }): string {
  const known = values.filter((value) => value !== null);
  const [first, last] = [known[0], known.at(-1)];
  if (first === undefined || last === undefined) return `${label}: no values.`;
  const say = (value: number): string => `${value.toFixed(form.digits)} ${form.unit}`.trim();
  const [low, high] = [Math.min(...known), Math.max(...known)];
  return `${label} went from ${say(first)} to ${say(last)}, between ${say(low)} and ${say(high)}.`;
}
