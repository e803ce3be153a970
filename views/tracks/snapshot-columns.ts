import { measured, type HistorySnapshot } from "../../src/wire/event.ts";
import { localTime } from "../parts/time.tsx";
import { CHANNEL_NAMES, CHANNELS, type Channel } from "./channels.ts";

const MS = 1000;

interface SnapshotColumn {
  readonly name: string;
  readonly value: (snapshot: HistorySnapshot) => string | number | null;
}

/** A sheet of snapshots: both clocks, then every channel with the digits that the rig sent; units stand in the names. */
export function snapshotColumns(zone: string): SnapshotColumn[] {
  const shown = (at: string | null): string | null => (at === null ? null : localTime(at, zone));
  return [
    { name: "time_utc", value: instant },
    { name: "time_shown", value: (snapshot) => shown(instant(snapshot)) },
    ...CHANNEL_NAMES.map((name) => ({
      name: sheetName(name),
      value: (snapshot: HistorySnapshot) => measured(snapshot[name]) ?? null,
    })),
  ];
}

/** `pit_rate_bbl_h` */
function sheetName(name: Channel): string {
  const unit = CHANNELS[name].unit.replaceAll("%", "percent").replaceAll(/[^a-z]+/g, "_");
  return unit === "" || name === unit || name.endsWith(`_${unit}`) ? name : `${name}_${unit}`;
}

/** ISO 8601; null when the rig sent none, or a number that no calendar has. */
function instant({ timestamp }: HistorySnapshot): string | null {
  const date = new Date((measured(timestamp) ?? Number.NaN) * MS);
  return Number.isNaN(date.getTime()) ? null : date.toISOString();
}
