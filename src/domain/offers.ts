import { currentEpoch, heldEvents, heldTwins, type HeldEvent, type HeldTwin } from "../db/offers.ts";
import { isEventId } from "../wire/identity.ts";
import { offeredDigest, outcomeMark, type Offer, type OfferedEvent, type OfferReply } from "../wire/offer.ts";
import type { HubContext, RigIdentity } from "./context.ts";

/**
 * Which of the offered ones this hub lacks, as after a restore from a backup. It changes nothing: a wanted event comes
 * by the way of every event, where its id makes sure that it counts once.
 */
export async function answerOffer({ sql }: HubContext, rig: RigIdentity, { events }: Offer): Promise<OfferReply> {
  const own = events.filter(({ id }) => id.startsWith(`${rig.rigId}-`) && isEventId(id));
  const ids = [...new Set(own.map(({ id }) => id))];
  const [stored, twins, epoch] = await Promise.all([
    heldEvents(sql, rig.rigId, ids),
    heldTwins(sql, rig.rigId, ids),
    currentEpoch(sql),
  ]);
  const held = new Map(stored.map((event) => [event.id, event]));
  const aside = Map.groupBy(twins, ({ event_id }) => event_id);
  const wanted = own.filter((event) => lacksBody(event, held.get(event.id), aside.get(event.id) ?? []));
  const coming = new Set(wanted.map(({ id }) => id));
  const outcomes = own.filter((event) => lacksOutcome(event, held.get(event.id), coming.has(event.id)));
  return { epoch, wanted: [...coming], outcomes: [...new Set(outcomes.map(({ id }) => id))] };
}

/** Another body under a known id is lacking too, unless a person has chosen between the two. */
function lacksBody({ digest }: OfferedEvent, held: HeldEvent | undefined, twins: readonly HeldTwin[]): boolean {
  if (digest === undefined) return false;
  if (held === undefined) return true;
  if (offeredDigest(held.digest) === digest) return false;
  return !twins.some((twin) => twin.decision === "accepted" || offeredDigest(twin.digest) === digest);
}

/** An answer without notes leaves the notes that are there, so it is known with and without them. */
function lacksOutcome({ outcome }: OfferedEvent, held: HeldEvent | undefined, coming: boolean): boolean {
  if (outcome === undefined) return false;
  if (held === undefined) return coming;
  return outcome !== outcomeMark(held) && outcome !== outcomeMark({ ...held, notes: null });
}
