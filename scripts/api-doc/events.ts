import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fixtureBytes } from "../../test/support/fixtures.ts";

/** The least that a rig can send: one snapshot, and what the rig software never leaves out. */
const MINIMAL = {
  id: "RIG-TEST-1-1707400000",
  rig_id: "RIG-TEST-1",
  well_id: "WELL-001",
  field: "Test Basin",
  campaign: "Production",
  advisory: {
    timestamp: 1_707_400_000,
    efficiency_score: 40,
    risk_level: "High",
    severity: "High",
    recommendation: "Reduce WOB",
  },
  history_window: [{ timestamp: 1_707_400_000, depth: 12_450, rop: 30, wob: 25, rpm: 110, torque: 18 }],
  outcome: "Pending",
  depth: 12_450,
  timestamp: 1_707_400_000,
};

export interface ManualEvents {
  readonly minimal: typeof MINIMAL;
  readonly recorded: { readonly id: string; readonly rig_id: string; readonly well_id: string; readonly field: string };
}

/** Puts the events that the commands name into the folder where they run. */
export function writeEvents(folder: string): ManualEvents {
  const write = (name: string, body: string | Uint8Array): void => writeFileSync(join(folder, name), body);
  const recorded = fixtureBytes("single-event.json");
  write("event.json", JSON.stringify(MINIMAL, null, 2));
  write("changed.json", JSON.stringify({ ...MINIMAL, depth: 12_460 }));
  write("low.json", JSON.stringify({ ...MINIMAL, advisory: { ...MINIMAL.advisory, risk_level: "Low" } }));
  write("misspelt.json", JSON.stringify({ ...MINIMAL, campaign: "Prodction" }));
  write("recorded.json", recorded);
  return { minimal: MINIMAL, recorded: JSON.parse(new TextDecoder().decode(recorded)) as ManualEvents["recorded"] };
}
