import { Type, type Static } from "typebox";
import { schema } from "../../src/base/schema.ts";
import { OUTCOME_TEXT_MAX } from "../../src/base/limits.ts";

const NAME_MAX = 200;

/** What the rig software takes, and refuses: a null is no text there. */
const AcknowledgeJson = Type.Object({
  /** Unix s of the advisory. */
  ticket_timestamp: Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER }),
  acknowledged_by: Type.String({ maxLength: NAME_MAX }),
  notes: Type.Optional(Type.String({ maxLength: OUTCOME_TEXT_MAX })),
  action_taken: Type.Optional(Type.String({ maxLength: OUTCOME_TEXT_MAX })),
});

const acknowledgeSchema = schema("acknowledgment", AcknowledgeJson);

/** A record as the rig software keeps and lists it; texts are empty, never absent. */
export interface AcknowledgmentRecord extends Required<Static<typeof AcknowledgeJson>> {
  /** Unix s. */
  readonly acknowledged_at: number;
}

/** Unknown fields are dropped. Faults: `schema`. */
export function acknowledgmentRecord(body: unknown, nowS: number): AcknowledgmentRecord {
  const { ticket_timestamp, acknowledged_by, notes = "", action_taken = "" } = acknowledgeSchema.parse(body);
  return { ticket_timestamp, acknowledged_by, acknowledged_at: nowS, notes, action_taken };
}
