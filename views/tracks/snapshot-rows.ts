import { measured, type HistorySnapshot } from "../../src/wire/event.ts";
import { localTime } from "../parts/time.tsx";
import { CHANNEL_NAMES, CHANNELS } from "./channels.ts";

const MS = 1000;

/** Units stand in the head: a sheet reckons with plain numbers. */
export function snapshotHead(zone: string): string[] {
  const channels = CHANNEL_NAMES.map((name) => {
    const { unit } = CHANNELS[name];
    return unit === "" || name.endsWith("_units") ? name : `${name} (${unit})`;
  });
  return ["time (UTC)", `time (${zone})`, ...channels];
}

/** One row a snapshot, in the order and with the digits that the rig sent; what it did not send is empty. */
export function* snapshotRows(window: readonly HistorySnapshot[], zone: string): Generator<(string | number | null)[]> {
  for (const snapshot of window) {
    const at = instant(snapshot);
    const times = at === undefined ? [null, null] : [at, localTime(at, zone)];
    yield [...times, ...CHANNEL_NAMES.map((name) => measured(snapshot[name]) ?? null)];
  }
}

/** ISO 8601; undefined when the rig sent none, or a number that no calendar has. */
function instant({ timestamp }: HistorySnapshot): string | undefined {
  const date = new Date((measured(timestamp) ?? Number.NaN) * MS);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}
