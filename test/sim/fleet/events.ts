import type { FleetEvent } from "../../../src/wire/event.ts";
import { fixtureEvents } from "../../support/fixtures.ts";
import type { Dice } from "../kernel/random.ts";

/** An event that knows which of the run's events it is, in a field that nobody knows and everybody must keep. */
export type NumberedEvent = FleetEvent & { readonly sim_nth: number };

export interface EventSource {
  /** Of that rig, made when its clock shows that time. */
  make(rigId: string, unixMs: number, depthFt: number): NumberedEvent;
}

const samples = fixtureEvents();
const SNAPSHOTS_MAX = 3;
const WELLS = ["WOLFCAMP 23H", "BONE SPRING 4", "MIDLAND 7A"];

/** Events as rigs write them, with short windows: what they say is the fixtures', who and when is the run's. */
export function createEventSource(dice: Dice): EventSource {
  let nth = 0;
  return {
    make(rigId, unixMs, depthFt) {
      const sample = dice.pick(samples);
      const timestamp = Math.floor(unixMs / 1000);
      const window = sample.history_window.slice(-dice.int(1, SNAPSHOTS_MAX));
      const { physics_report: report } = sample.advisory;
      return {
        ...sample,
        id: `${rigId}-${timestamp}`,
        rig_id: rigId,
        well_id: dice.pick(WELLS),
        advisory: {
          ...sample.advisory,
          timestamp,
          ...(report === undefined ? {} : { physics_report: { ...report, current_depth: depthFt } }),
        },
        history_window: window.map((snapshot, at) => ({ ...snapshot, timestamp: timestamp - window.length + at + 1 })),
        outcome: "Pending",
        notes: null,
        depth: depthFt,
        timestamp,
        sim_nth: ++nth,
      };
    },
  };
}
