import type { ISql } from "postgres";
import { canonicalJson, parseJson } from "../base/json.ts";
import { Fault } from "../base/fault.ts";
import { forgetDiscarded, openEntryIds, quarantineEntry, type QuarantineFilters } from "../db/dashboard/quarantine.ts";
import { FUTURE_MAX_S } from "../wire/protocol.ts";
import type { Actor, HubContext } from "./context.ts";
import { readEvent } from "./events.ts";
import { DECISIONS_MAX, DISCARD_DAYS, decideQuarantine, noSuchEntry, reopenQuarantine } from "./quarantine.ts";

const DAY_MS = 86_400_000;

/** `recheck` asks the rule again that put the entry here; `reopen` takes a discarded one back. */
export const QUARANTINE_DEEDS = ["accept", "recheck", "discard", "reopen"] as const;
export type QuarantineDeed = (typeof QUARANTINE_DEEDS)[number];

export type EntryResult = "accepted" | "discarded" | "reopened" | "stays" | "failed";

export interface EntryReport {
  readonly id: number;
  readonly event_id: string | null;
  readonly result: EntryResult;
  /** For people; empty when the result says all. */
  readonly sentence: string;
}

export interface BatchWish {
  readonly deed: QuarantineDeed;
  readonly note: string;
  /** These entries, or all open ones that a filter matches, the oldest first. */
  readonly entries: readonly number[] | Omit<QuarantineFilters, "state">;
}

/**
 * One decision for many entries, each in a transaction of its own: what was decided stays decided, whatever becomes of
 * the next. At most `DECISIONS_MAX`. Faults: `invalid_request`.
 */
export async function decideTogether(context: HubContext, wish: BatchWish, actor: Actor): Promise<EntryReport[]> {
  const ids = await entriesOf(context, wish.entries);
  if (ids.length === 0) throw new Fault("invalid_request", "no entry is selected", "tick some rows, or all matching");
  const reports: EntryReport[] = [];
  for (const id of ids) reports.push(await decideOne(context, id, wish, actor));
  return reports;
}

/** Those whose time to be taken back is over, at most `DECISIONS_MAX` a run. */
export function forgetDiscardedTwins(sql: ISql, at: Date): Promise<number> {
  return forgetDiscarded(sql, new Date(at.getTime() - DISCARD_DAYS * DAY_MS), DECISIONS_MAX);
}

async function entriesOf({ sql }: HubContext, entries: BatchWish["entries"]): Promise<readonly number[]> {
  if (!isList(entries)) return openEntryIds(sql, entries, DECISIONS_MAX);
  if (entries.length <= DECISIONS_MAX) return entries;
  throw new Fault(
    "invalid_request",
    `${entries.length} entries are selected`,
    `decide ${DECISIONS_MAX} at most a time`,
  );
}

function isList(entries: BatchWish["entries"]): entries is readonly number[] {
  return Array.isArray(entries);
}

async function decideOne(
  context: HubContext,
  id: number,
  { deed, note }: BatchWish,
  actor: Actor,
): Promise<EntryReport> {
  try {
    if (deed === "reopen") return await reopened(context, id, note, actor);
    if (deed === "recheck") return await rechecked(context, id, note, actor);
    const decision = deed === "accept" ? "accepted" : "discarded";
    const done = await decideQuarantine(context, { id, decision, note }, actor);
    return { id, event_id: done.event_id, result: decision, sentence: done.changed ? "" : "it was so already" };
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    return { id, event_id: null, result: "failed", sentence: error.sentence };
  }
}

async function reopened(context: HubContext, id: number, note: string, actor: Actor): Promise<EntryReport> {
  const { event_id } = await reopenQuarantine(context, id, note, actor);
  return { id, event_id, result: "reopened", sentence: "" };
}

async function rechecked(context: HubContext, id: number, note: string, actor: Actor): Promise<EntryReport> {
  const entry = await quarantineEntry(context.sql, id);
  if (entry === undefined) throw noSuchEntry(id);
  const { event_id, decision, reason } = entry;
  if (decision !== null) return { id, event_id, result: "stays", sentence: `it was ${decision}` };
  if (reason === "future_timestamp") {
    const aheadS = entry.event_at.getTime() / 1000 - context.clock.now() / 1000;
    if (aheadS > FUTURE_MAX_S) return { id, event_id, result: "stays", sentence: "its time is still too far ahead" };
    await decideQuarantine(context, { id, decision: "accepted", note: note || "its time has come" }, actor);
    return { id, event_id, result: "accepted", sentence: "its time has come" };
  }
  if (!(await isSameEvent(context, entry))) {
    return { id, event_id, result: "stays", sentence: "it still differs from the stored event" };
  }
  await decideQuarantine(context, { id, decision: "discarded", note: note || "equal to the stored event" }, actor);
  return { id, event_id, result: "discarded", sentence: "it is equal to the stored event by now" };
}

async function isSameEvent(
  context: HubContext,
  entry: { readonly event_id: string; readonly body_bytes: number; readonly twin_frame: Uint8Array | null },
): Promise<boolean> {
  const stored = await readEvent(context, entry.event_id);
  if (stored === undefined || entry.twin_frame === null) return false;
  const twin = context.zstd.decompress(entry.twin_frame, entry.body_bytes);
  return canonicalJson(parseJson(stored.json)) === canonicalJson(parseJson(twin));
}
