import { Fault } from "../base/fault.ts";
import { parseJson } from "../base/json.ts";
import { fleetEventSchema, type FleetEvent } from "./event.ts";
import { checkEventId } from "./identity.ts";

/**
 * Decoded bytes → a FleetEvent whose id is its own. Nothing behind this knows how an event travelled.
 * Faults: `invalid_json`, `schema`, `risk_too_low`.
 */
export function decodeEvent(json: Uint8Array): FleetEvent {
  return checkedEvent(parseJson(json));
}

/** The same of parsed JSON. */
export function checkedEvent(value: unknown): FleetEvent {
  const event = fleetEventSchema.parse(value);
  checkEventId(event);
  checkUploadable(event);
  return event;
}

/** Only Elevated, High and Critical leave a rig. */
export function checkUploadable(event: FleetEvent): void {
  if (event.advisory.risk_level !== "Low") return;
  throw new Fault(
    "risk_too_low",
    "/advisory/risk_level is Low",
    "only Elevated, High and Critical advisories are kept",
  );
}

export function encodeEvent(event: FleetEvent): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(event));
}
