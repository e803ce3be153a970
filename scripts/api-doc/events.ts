import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { fixtureBytes } from "../../test/support/fixtures.ts";
import { MINIMAL_EVENT } from "../../test/support/minimal-event.ts";

export interface ManualEvents {
  readonly minimal: typeof MINIMAL_EVENT;
  readonly recorded: { readonly id: string; readonly rig_id: string; readonly well_id: string; readonly field: string };
}

/** Puts the events that the commands name into the folder where they run. */
export function writeEvents(folder: string): ManualEvents {
  const write = (name: string, body: string | Uint8Array): void => writeFileSync(join(folder, name), body);
  const recorded = fixtureBytes("single-event.json");
  write("event.json", JSON.stringify(MINIMAL_EVENT, null, 2));
  write("changed.json", JSON.stringify({ ...MINIMAL_EVENT, depth: 12_460 }));
  write("low.json", JSON.stringify({ ...MINIMAL_EVENT, advisory: { ...MINIMAL_EVENT.advisory, risk_level: "Low" } }));
  write("misspelt.json", JSON.stringify({ ...MINIMAL_EVENT, campaign: "Prodction" }));
  write("recorded.json", recorded);
  return {
    minimal: MINIMAL_EVENT,
    recorded: JSON.parse(new TextDecoder().decode(recorded)) as ManualEvents["recorded"],
  };
}
