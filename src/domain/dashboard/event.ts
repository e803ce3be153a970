import type { ISql } from "postgres";
import { Fault } from "../../base/fault.ts";
import { show } from "../../base/schema.ts";
import {
  eventFacts,
  eventsAround,
  eventTwins,
  type EventFactsRow,
  type EventTwinRow,
} from "../../db/dashboard/event.ts";
import { categoryBasis, type CategoryBasis } from "../../recall/category.ts";
import type { FleetEvent } from "../../wire/event.ts";
import { isEventId } from "../../wire/identity.ts";
import type { HubContext } from "../context.ts";
import { readEvent } from "../events.ts";
import { isoTimes, type IsoTimes } from "../iso-times.ts";

const TWINS_MAX = 20;
/** Named to who asked for an event that is not there, from each side of it. */
const NEAR_EACH = 2;
const MS = 1000;

export interface EventView {
  readonly facts: IsoTimes<EventFactsRow>;
  /** As uploaded, its outcome as it is now. */
  readonly event: FleetEvent;
  /** Where the category comes from. */
  readonly basis: CategoryBasis;
  readonly twins: readonly EventTwinRow[];
}

/** One event and what is stored around it. Faults: `not_found` with the nearest ids, `corrupt`. */
export async function eventView(context: HubContext, id: string): Promise<EventView> {
  const { sql } = context;
  if (!isEventId(id)) throw await noSuchEvent(context, id);
  const [facts, stored, twins] = await Promise.all([
    eventFacts(sql, id),
    readEvent(context, id),
    eventTwins(sql, id, TWINS_MAX),
  ]);
  if (facts === undefined || stored === undefined) throw await noSuchEvent(context, id);
  const event = JSON.parse(new TextDecoder().decode(stored.json)) as FleetEvent;
  return { facts: isoTimes(facts), event, basis: categoryBasis(event), twins };
}

export async function noSuchEvent({ sql }: { readonly sql: ISql }, id: string): Promise<Fault> {
  const at = /^(.+)-(\d{1,11})(?:-\d{1,4})?$/.exec(id);
  const [rigId, seconds] = [at?.[1], Number(at?.[2])];
  const near =
    rigId === undefined || !isEventId(id) ? [] : await eventsAround(sql, rigId, new Date(seconds * MS), NEAR_EACH);
  const hint = near.length === 0 ? "the list of events has them all" : `near it are ${near.join(", ")}`;
  return new Fault("not_found", `there is no event ${show(id)}`, hint);
}
