import { measured, type HistorySnapshot } from "../../src/wire/event.ts";

export type Channel = Exclude<keyof HistorySnapshot, "timestamp">;

export interface ChannelWords {
  readonly label: string;
  readonly unit: string;
  readonly digits: number;
  /** Of the fixed scale. A scale that follows the values makes a steady 650 gpm look like an event. */
  readonly range: readonly [number, number];
  /** A change that a driller would remark on; less is what a steady well does by itself. */
  readonly telling: number;
  /** What the rig software writes where it knows nothing: not drawn, and said. */
  readonly unknown?: Unknown;
  /** The rig software cuts the value here, to both sides. */
  readonly limit?: number;
}

interface Unknown {
  readonly is: (snapshot: HistorySnapshot) => boolean;
  /** Follows "not drawn at 12 of 60: ". */
  readonly words: string;
}

/** Its margin when ECD or fracture gradient is unknown, ppg. */
const MARGIN_UNKNOWN_PPG = 1.5;
const EFFICIENCY_UNKNOWN_PERCENT = 100;
const PIT_RATE_LIMIT = 50;

/** Every measurement of a snapshot, as drillers call and round it. */
export const CHANNELS: Readonly<Record<Channel, ChannelWords>> = {
  depth: { label: "Depth", unit: "ft", digits: 1, range: [0, 30_000], telling: 1 },
  rop: { label: "ROP", unit: "ft/h", digits: 1, range: [0, 200], telling: 10 },
  wob: { label: "WOB", unit: "klb", digits: 1, range: [0, 60], telling: 3 },
  rpm: { label: "RPM", unit: "rpm", digits: 0, range: [0, 250], telling: 12 },
  torque: { label: "Torque", unit: "kft·lb", digits: 1, range: [0, 40], telling: 2 },
  spp: { label: "SPP", unit: "psi", digits: 0, range: [0, 6000], telling: 200 },
  flow_in: { label: "Flow in", unit: "gpm", digits: 0, range: [0, 1200], telling: 10 },
  flow_out: { label: "Flow out", unit: "gpm", digits: 0, range: [0, 1200], telling: 10 },
  mse: {
    label: "MSE",
    unit: "psi",
    digits: 0,
    range: [0, 10_000],
    telling: 500,
    unknown: { is: ({ mse }) => mse === 0, words: "0 stands for off bottom" },
  },
  mse_efficiency: {
    label: "MSE efficiency",
    unit: "%",
    digits: 0,
    range: [0, 100],
    telling: 5,
    unknown: { is: efficiencyUnknown, words: "100 stands for no MSE" },
  },
  d_exponent: {
    label: "d-exponent",
    unit: "",
    digits: 2,
    range: [-4, 2],
    telling: 0.2,
    unknown: { is: ({ d_exponent }) => d_exponent === 0, words: "0 stands for off bottom" },
  },
  flow_balance: { label: "Flow balance", unit: "gpm", digits: 1, range: [-100, 100], telling: 10 },
  pit_rate: { label: "Pit rate", unit: "bbl/h", digits: 1, range: [-60, 60], telling: 5, limit: PIT_RATE_LIMIT },
  ecd_margin: {
    label: "ECD margin",
    unit: "ppg",
    digits: 2,
    range: [0, 3],
    telling: 0.1,
    unknown: { is: ({ ecd_margin }) => ecd_margin === MARGIN_UNKNOWN_PPG, words: "1.50 stands for unknown" },
  },
  gas_units: { label: "Gas", unit: "units", digits: 0, range: [0, 1000], telling: 40 },
};

export const CHANNEL_NAMES = Object.keys(CHANNELS) as readonly Channel[];

function efficiencyUnknown({ mse, mse_efficiency }: HistorySnapshot): boolean {
  return mse_efficiency === EFFICIENCY_UNKNOWN_PERCENT && (measured(mse) ?? 0) === 0;
}
