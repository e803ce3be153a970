import { Type, type Static } from "typebox";
import { isRecord } from "../base/json.ts";
import { schema } from "../base/schema.ts";
import { OUTCOME_NAMES, type OutcomeName } from "./vocabulary.ts";

/** serde's externally tagged enum: a bare word, or one key that holds the text. */
export type EventOutcome =
  | "Pending"
  | "FalsePositive"
  | { readonly Resolved: { readonly action_taken: string } }
  | { readonly Escalated: { readonly reason: string } };

export const EventOutcomeJson = Type.Unsafe<EventOutcome>(
  Type.Union([
    Type.Enum(["Pending", "FalsePositive"]),
    Type.Object({ Resolved: Type.Object({ action_taken: Type.String() }) }),
    Type.Object({ Escalated: Type.Object({ reason: Type.String() }) }),
  ]),
);

/** Characters of who answered. */
export const GIVEN_BY_MAX = 200;
/** As far as Unix seconds have ten digits. */
const GIVEN_AT_MAX = 9_999_999_999;
/** As many as one answer of recall holds by default. */
export const PRECEDENTS_MAX = 5;
/** Characters of an episode's id. */
const EPISODE_ID_MAX = 256;

/**
 * PATCH /api/fleet/events/{id}/outcome. The rig's own client sends the first three keys, null when empty; our spoke adds
 * who answered, when (Unix s by the rig's clock), and which episodes recall had named for the event before, best first,
 * where it knows.
 */
export const OutcomePatchJson = Type.Object({
  outcome: Type.Enum([...OUTCOME_NAMES]),
  action_taken: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  notes: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  given_by: Type.Optional(Type.Union([Type.String({ maxLength: GIVEN_BY_MAX }), Type.Null()])),
  given_at: Type.Optional(Type.Union([Type.Integer({ minimum: 0, maximum: GIVEN_AT_MAX }), Type.Null()])),
  precedents: Type.Optional(
    Type.Array(Type.String({ minLength: 1, maxLength: EPISODE_ID_MAX }), { maxItems: PRECEDENTS_MAX }),
  ),
});
export type OutcomePatch = Static<typeof OutcomePatchJson>;
export const outcomePatchSchema = schema("outcome patch", OutcomePatchJson);

/** Leaves out who, when and by what, where they do not fit: they are never a reason to refuse an answer. */
export function withReadableExtras(body: unknown): unknown {
  if (!isRecord(body)) return body;
  const { given_by: by, given_at: at, precedents, ...rest } = body;
  const readableBy = typeof by === "string" && by.length <= GIVEN_BY_MAX;
  const readableAt = typeof at === "number" && Number.isInteger(at) && at >= 0 && at <= GIVEN_AT_MAX;
  return {
    ...rest,
    ...(readableBy ? { given_by: by } : {}),
    ...(readableAt ? { given_at: at } : {}),
    ...(arePrecedents(precedents) ? { precedents } : {}),
  };
}

function arePrecedents(value: unknown): boolean {
  if (!Array.isArray(value) || value.length > PRECEDENTS_MAX) return false;
  return value.every((id) => typeof id === "string" && id.length > 0 && id.length <= EPISODE_ID_MAX);
}

/** An outcome as columns hold it: the name, and the one text that goes with it. */
export interface OutcomeColumns {
  readonly outcome: OutcomeName;
  /** What was done (Resolved) or why it was handed up (Escalated); null otherwise. */
  readonly action_taken: string | null;
}

export function outcomeColumns(outcome: EventOutcome): OutcomeColumns {
  if (typeof outcome === "string") return { outcome, action_taken: null };
  return "Resolved" in outcome
    ? { outcome: "Resolved", action_taken: outcome.Resolved.action_taken }
    : { outcome: "Escalated", action_taken: outcome.Escalated.reason };
}

export function eventOutcome({ outcome, action_taken }: OutcomeColumns): EventOutcome {
  if (outcome === "Resolved") return { Resolved: { action_taken: action_taken ?? "" } };
  if (outcome === "Escalated") return { Escalated: { reason: action_taken ?? "" } };
  return outcome;
}

/** Old rigs put the reason of an escalation into `notes` and leave `action_taken` null. */
export function patchColumns(patch: OutcomePatch): OutcomeColumns & { readonly notes: string | null } {
  const notes = patch.notes ?? null;
  const action = patch.action_taken ?? null;
  if (patch.outcome === "Escalated") return { outcome: "Escalated", action_taken: action ?? notes ?? "", notes };
  if (patch.outcome === "Resolved") return { outcome: "Resolved", action_taken: action ?? "", notes };
  return { outcome: patch.outcome, action_taken: null, notes };
}
