import { KIB } from "../../../src/base/limits.ts";
import { seededRandom } from "../../../src/base/random.ts";
import type { FleetEvent } from "../../../src/wire/event.ts";

const BYTES = 24 * KIB;

/** The same event with a text that no compression makes smaller. */
export function heavy(event: FleetEvent): FleetEvent {
  const reasoning = Buffer.from(seededRandom(event.timestamp).bytes(BYTES)).toString("base64");
  return { ...event, advisory: { ...event.advisory, reasoning } };
}
