import { Type, type Static } from "typebox";
import { sha256 } from "../base/digest.ts";
import { schema } from "../base/schema.ts";
import type { OutcomeColumns } from "./outcome.ts";

/** Events that one offer may name. */
export const OFFER_MAX = 1000;
const ID_CHARS_MAX = 100;
const MARK_BYTES = 16;

/**
 * POST /api/fleet/events/offer: what a rig has sent and still keeps, after the hub got another epoch. `digest` is absent
 * where the rig has given the body up, `outcome` where nobody answered.
 */
export const OfferJson = Type.Object({
  events: Type.Array(
    Type.Object({
      id: Type.String({ maxLength: ID_CHARS_MAX }),
      /** SHA-256 of the decoded body, base64url. */
      digest: Type.Optional(Type.String({ pattern: "^[\\w-]{43}$" })),
      /** See `outcomeMark`. */
      outcome: Type.Optional(Type.String({ pattern: "^[\\w-]{22}$" })),
    }),
    { maxItems: OFFER_MAX },
  ),
});
export type Offer = Static<typeof OfferJson>;
export type OfferedEvent = Offer["events"][number];
export const offerSchema = schema("offer", OfferJson);

export const OfferReplyJson = Type.Object({
  /** Of the hub that answered. */
  epoch: Type.String(),
  /** Ids of events that the hub lacks. */
  wanted: Type.Array(Type.String()),
  /** Ids of events whose answer it lacks; first come the events themselves. */
  outcomes: Type.Array(Type.String()),
});
export type OfferReply = Static<typeof OfferReplyJson>;
export const offerReplySchema = schema("offer reply", OfferReplyJson);

/** Two answers with one mark say the same. Empty notes are none. */
export function outcomeMark({
  outcome,
  action_taken,
  notes,
}: OutcomeColumns & { readonly notes: string | null }): string {
  const said = JSON.stringify([outcome, action_taken, notes === "" ? null : notes]);
  return Buffer.from(sha256(said).subarray(0, MARK_BYTES)).toString("base64url");
}

export function offeredDigest(digest: Uint8Array): string {
  return Buffer.from(digest).toString("base64url");
}
