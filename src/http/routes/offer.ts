import { contentDigest } from "../../base/digest.ts";
import { parseJson } from "../../base/json.ts";
import { KIB } from "../../base/limits.ts";
import { answerOffer } from "../../domain/offers.ts";
import { offerSchema, type OfferReply } from "../../wire/offer.ts";
import { HEADERS } from "../../wire/protocol.ts";
import { requireRig } from "../access.ts";
import { requireJson } from "../body.ts";
import type { Handler, Hub } from "../hub.ts";
import { json } from "../replies.ts";

/** A thousand events with the longest ids, their digests and marks. */
const OFFER_BODY_MAX = 256 * KIB;

/** POST /api/fleet/events/offer */
export function postOffer({ context }: Hub): Handler {
  return async (request, visit) => {
    const rig = await requireRig(context, request);
    requireJson(request);
    const body = await visit.readBody(OFFER_BODY_MAX);
    return digested(await answerOffer(context, rig, offerSchema.parse(parseJson(body))));
  };
}

/** An id that was damaged on the way would name no event, and the one that was meant would never come again. */
function digested(reply: OfferReply): Response {
  const bytes = new TextEncoder().encode(JSON.stringify(reply));
  return json(200, reply, { [HEADERS.contentDigest]: contentDigest(bytes) });
}
