import { Fault } from "../../base/fault.ts";
import { lockStanding, markApart, type EventStanding } from "../../db/curation-apart.ts";
import { audit } from "../audit.ts";
import type { Actor, HubContext } from "../context.ts";

export interface Division {
  readonly event_id: string;
  readonly apart: boolean;
  /** The episode that it stood in when it was asked for; curation moves it. */
  readonly episode_id: string | null;
  /** False when it stood so already. */
  readonly changed: boolean;
}

/**
 * Takes an event out of its episode for good, or lets it join again. The mark is the event's own, so no later neighbour
 * and no rebuild undoes it; the caller wakes the curator, which moves the episodes. Faults: `not_found`, `conflict`.
 */
export async function setApart(context: HubContext, eventId: string, apart: boolean, actor: Actor): Promise<Division> {
  return context.sql.begin(async (tx) => {
    const standing = await lockStanding(tx, eventId);
    if (standing === undefined) throw new Fault("not_found", `there is no event ${eventId}`, "look for it in the list");
    const { episode_id } = standing;
    if (standing.apart === apart) return { event_id: eventId, apart, episode_id, changed: false };
    if (apart) refuseNothingToDivide(eventId, standing);
    await markApart(tx, eventId, apart);
    const change = { before: { apart: !apart }, after: { apart }, detail: { episode_id } };
    await audit({ ...context, sql: tx }, actor, apart ? "episode.separate" : "episode.join", eventId, change);
    return { event_id: eventId, apart, episode_id, changed: true };
  });
}

function refuseNothingToDivide(eventId: string, { held, episode_id, event_count }: EventStanding): void {
  if (held) throw new Fault("conflict", `event ${eventId} is held in quarantine`, "decide there first");
  if (episode_id === null) {
    throw new Fault("conflict", `event ${eventId} stands in no episode`, "wait until it is curated");
  }
  if (event_count > 1) return;
  throw new Fault("conflict", `event ${eventId} is alone in its episode`, "there is nothing to take it out of");
}
