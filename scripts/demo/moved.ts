import type { FleetEvent } from "../../src/wire/event.ts";

export interface MovedTo {
  /** Unix s */
  readonly second: number;
  /** Another rig's place; the event's own otherwise. */
  readonly place?: { readonly rig_id: string; readonly well_id: string; readonly field: string };
}

/** The same event at another time, and on another rig: nothing else of it changes. */
export function movedInTime(event: FleetEvent, { second, place }: MovedTo): FleetEvent {
  const shiftS = second - event.timestamp;
  const { rig_id, well_id, field } = place ?? event;
  const { advisory, history_window: window } = event;
  const timestamp = advisory.timestamp + shiftS;
  const trace = advisory.trace_log?.map((entry) => moved(entry, "timestamp_ms", shiftS * 1000));
  return {
    ...event,
    id: `${rig_id}-${timestamp}`,
    rig_id,
    well_id,
    field,
    advisory: { ...advisory, timestamp, ...(trace === undefined ? {} : { trace_log: trace }) },
    history_window: window.map((snapshot) => moved(snapshot, "timestamp", shiftS)),
    timestamp: second,
  };
}

function moved<K extends string, T extends { readonly [P in K]?: number | null | undefined }>(
  value: T,
  name: K,
  by: number,
): T {
  const before = value[name];
  return typeof before === "number" ? { ...value, [name]: before + by } : value;
}
