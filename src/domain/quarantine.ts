import type { ISql } from "postgres";
import { assert } from "../base/assert.ts";
import { Fault } from "../base/fault.ts";
import { isStorable } from "../base/json.ts";
import { OUTCOME_TEXT_MAX } from "../base/limits.ts";
import { recount } from "../db/daily-counts.ts";
import { lockEvent, releaseEvent, replaceContent, storedBody } from "../db/events.ts";
import {
  clearVerdict,
  keepReplaced,
  lockQuarantined,
  quarantinedRig,
  setVerdict,
  type LockedQuarantine,
  type QuarantineDecision,
  type Verdict,
} from "../db/quarantine.ts";
import { lockRigs } from "../db/rigs.ts";
import { decodeEvent } from "../wire/codec.ts";
import { audit } from "./audit.ts";
import type { Actor, HubContext } from "./context.ts";
import { eventContent } from "./stored-event.ts";

/** How long a discarded twin can be taken back. */
export const DISCARD_DAYS = 30;
/** Entries that one press decides at most: some seconds of work, one short transaction each. */
export const DECISIONS_MAX = 500;

export interface Decision {
  readonly id: number;
  readonly decision: QuarantineDecision;
  /** Why, in the person's words; may be empty. */
  readonly note: string;
}

/**
 * An accepted event from the future goes to curation; an accepted twin takes the place of the stored body, which is
 * kept here in its stead. What was discarded can still be accepted; what was accepted stays so.
 * Returns whether anything changed. Faults: `not_found`, `conflict`, `schema`.
 */
export async function decideQuarantine(
  context: HubContext,
  { id, decision, note }: Decision,
  actor: Actor,
): Promise<{ id: number; event_id: string; decision: QuarantineDecision; changed: boolean }> {
  checkNote(note);
  return context.sql.begin(async (tx) => {
    const entry = await lockEntry(tx, id);
    const { event_id } = entry;
    if (entry.decision === decision) return { id, event_id, decision, changed: false };
    if (entry.decision === "accepted") throw decided(id);
    const decided_at = new Date(context.clock.now());
    const verdict = { decision, decided_at, decided_by: actor.name, decision_note: note };
    if (decision === "accepted") await accept(context, tx, entry, verdict);
    await setVerdict(tx, id, verdict);
    const change = {
      before: { decision: entry.decision },
      after: { decision },
      detail: { id, reason: entry.reason, note },
    };
    await audit({ ...context, sql: tx }, actor, `quarantine.${decision}`, entry.event_id, change);
    return { id, event_id, decision, changed: true };
  });
}

/** A discarded entry waits for a decision again. Faults: `not_found`, `conflict`, `schema`. */
export async function reopenQuarantine(
  context: HubContext,
  id: number,
  note: string,
  actor: Actor,
): Promise<{ event_id: string }> {
  checkNote(note);
  return context.sql.begin(async (tx) => {
    const { decision, event_id, reason } = await lockEntry(tx, id);
    if (decision !== "discarded") {
      throw new Fault("conflict", `quarantine entry ${id} is not discarded`, "only what was discarded is taken back");
    }
    await clearVerdict(tx, id);
    const change = { before: { decision }, after: { decision: null }, detail: { id, reason, note } };
    await audit({ ...context, sql: tx }, actor, "quarantine.reopened", event_id, change);
    return { event_id };
  });
}

/** The rig's lock first, as ingest takes them. */
async function lockEntry(tx: ISql, id: number): Promise<LockedQuarantine> {
  const rigId = await quarantinedRig(tx, id);
  if (rigId !== undefined) await lockRigs(tx, [rigId]);
  const entry = rigId === undefined ? undefined : await lockQuarantined(tx, id);
  if (entry === undefined) throw noSuchEntry(id);
  return entry;
}

async function accept(context: HubContext, tx: ISql, entry: LockedQuarantine, verdict: Verdict): Promise<void> {
  if (entry.reason === "future_timestamp") await releaseEvent(tx, entry.event_id);
  else await replaceBody(context, tx, entry, verdict);
}

async function replaceBody(context: HubContext, tx: ISql, twin: LockedQuarantine, verdict: Verdict): Promise<void> {
  const event = await lockEvent(tx, twin.event_id);
  const replaced = await storedBody(tx, twin.event_id);
  assert(event !== undefined && replaced !== undefined, "a twin's event is stored");
  const fresh = readTwin(context, twin, verdict.decided_at);
  const { outcome, action_taken, notes, outcome_at } = event;
  const content = replaced.outcome_recorded ? { ...fresh, outcome, action_taken, notes, outcome_at } : fresh;
  await keepReplaced(
    tx,
    {
      event_id: twin.event_id,
      rig_id: twin.rig_id,
      reason: "conflict",
      detail: `replaced by entry ${twin.id}`,
      digest: replaced.digest,
      frame: replaced.frame,
      body_bytes: replaced.body_bytes,
      clock_offset_s: null,
      received_at: replaced.received_at,
    },
    { ...verdict, decision: "discarded" },
  );
  await replaceContent(tx, twin.event_id, content);
  await recount(tx, context.shard, { from: [event], to: [{ ...content, rig_id: event.rig_id }] });
}

function readTwin({ zstd }: HubContext, { frame, body_bytes }: LockedQuarantine, at: Date) {
  assert(frame !== null, "a twin has its body");
  const json = zstd.decompress(frame, body_bytes);
  return eventContent({ event: decodeEvent(json), json, frame }, at);
}

function checkNote(note: string): void {
  if (note.length <= OUTCOME_TEXT_MAX && isStorable(note)) return;
  throw new Fault("schema", `/note is over ${OUTCOME_TEXT_MAX} characters or cannot be stored`, "shorten it");
}

function decided(id: number): Fault {
  return new Fault("conflict", `quarantine entry ${id} was accepted`, "accept another body of the event instead");
}

export function noSuchEntry(id: number): Fault {
  return new Fault(
    "not_found",
    `there is no quarantine entry ${id}`,
    "it may be forgotten: the list has those that are not",
  );
}
