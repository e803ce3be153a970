import { parseJson } from "../../base/json.ts";
import { KIB } from "../../base/limits.ts";
import { answerOffer } from "../../domain/offers.ts";
import { offerSchema } from "../../wire/offer.ts";
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
    return json(200, await answerOffer(context, rig, offerSchema.parse(parseJson(body))));
  };
}
