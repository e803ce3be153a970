import { Fault } from "../base/fault.ts";
import { isStorable } from "../base/json.ts";
import { OUTCOME_TEXT_MAX } from "../base/limits.ts";
import { recount } from "../db/daily-counts.ts";
import { lockEvent, type LockedEvent } from "../db/events.ts";
import { logOutcome, setOutcome, type OutcomeChange } from "../db/outcomes.ts";
import { setPrecedents } from "../db/precedents.ts";
import { touchRig } from "../db/rigs.ts";
import { eventOutcome, patchColumns, type EventOutcome, type OutcomePatch } from "../wire/outcome.ts";
import type { HubContext, RigIdentity } from "./context.ts";
import { enterAsRig } from "./rig-access.ts";
import { believable } from "./rig-reports.ts";

export interface OutcomeRequest {
  readonly rig: RigIdentity;
  readonly eventId: string;
  readonly patch: OutcomePatch;
}

export interface OutcomeReply {
  readonly id: string;
  readonly outcome: EventOutcome;
  /** False when the event said so already: nothing is to be curated. */
  readonly changed: boolean;
}

/**
 * What the driller answered; the last answer wins, by the rig's own order where it tells: a request that was held up
 * on its way must not take back what was said after it. Empty notes leave the notes that are there: rigs send the key with
 * null whenever nothing was typed. Faults: `schema`, `unauthorised`, `rig_revoked`, `not_found`, `forbidden`.
 */
export async function recordOutcome(context: HubContext, request: OutcomeRequest): Promise<OutcomeReply> {
  checkTexts(request.patch);
  const { rig, eventId, patch } = request;
  return context.sql.begin(async (tx) => {
    const nowMs = context.clock.now();
    const at = new Date(nowMs);
    await enterAsRig(tx, rig, nowMs);
    const event = ownEvent(await lockEvent(tx, eventId), request);
    const change = changeOf(patch, event, at);
    if (isOvertaken(event, change)) return { id: eventId, outcome: eventOutcome(event), changed: false };
    const changed = differs(event, change);
    if (changed) {
      await recount(tx, context.shard, { from: [event], to: [{ ...event, outcome: change.outcome }] });
      await setOutcome(tx, eventId, change);
      await logOutcome(tx, eventId, change);
    }
    const precedents = precedentsOf(patch);
    if (precedents.length > 0) await setPrecedents(tx, eventId, precedents, at);
    await touchRig(tx, rig, at);
    return { id: eventId, outcome: eventOutcome(change), changed };
  });
}

function checkTexts(patch: OutcomePatch): void {
  for (const name of ["action_taken", "notes"] as const) {
    const text = patch[name] ?? "";
    if (text.length > OUTCOME_TEXT_MAX) {
      throw new Fault("schema", `/${name} is over ${OUTCOME_TEXT_MAX} characters`, "shorten it");
    }
    if (!isStorable(text)) {
      throw new Fault("schema", `/${name} has a NUL or half a surrogate pair`, "remove the character");
    }
  }
}

function ownEvent(event: LockedEvent | undefined, { rig, eventId }: OutcomeRequest): LockedEvent {
  if (event === undefined) throw new Fault("not_found", `there is no event ${eventId}`, "send the event first");
  if (event.rig_id === rig.rigId) return event;
  throw new Fault("forbidden", `event ${eventId} is another rig's`, "a rig answers for its own events only");
}

function changeOf(patch: OutcomePatch, event: LockedEvent, at: Date): OutcomeChange {
  const { outcome, action_taken, notes } = patchColumns(patch);
  const kept = notes === null || notes === "" ? event.notes : notes;
  return { outcome, action_taken, notes: kept, at, given_by: giverOf(patch), given_at: givenAt(patch, at) };
}

/** A name that cannot be stored is passed over: the answer counts. */
function giverOf({ given_by }: OutcomePatch): string | null {
  const name = given_by?.trim() ?? "";
  return name === "" || !isStorable(name) ? null : name;
}

/** Those that cannot be an episode's id are passed over, for the same reason. */
function precedentsOf({ precedents = [] }: OutcomePatch): string[] {
  return [...new Set(precedents)].filter(isStorable);
}

function givenAt({ given_at }: OutcomePatch, at: Date): Date | null {
  return given_at === undefined || given_at === null ? null : believable(given_at * 1000, at.getTime());
}

function isOvertaken({ given_at: standing }: LockedEvent, { given_at: told }: OutcomeChange): boolean {
  return standing !== null && told !== null && told < standing;
}

function differs(event: LockedEvent, change: OutcomeChange): boolean {
  return event.outcome !== change.outcome || event.action_taken !== change.action_taken || event.notes !== change.notes;
}
