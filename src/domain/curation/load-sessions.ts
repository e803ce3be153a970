import type { TransactionSql } from "postgres";
import { assert } from "../../base/assert.ts";
import {
  lockEventRows,
  lockKeys,
  type BadEvent,
  type CurationEvent,
  type CurationKey,
  type CurationRow,
  type TouchedEvent,
} from "../../db/curation.ts";
import { sessionMembers, type SessionMember } from "../../db/curation-sessions.ts";
import { isGood, problemOf } from "./event-check.ts";
import { SESSION_GAP_S, SESSION_STEP_FT } from "./sessions.ts";

/** A round more is needed for each bad or changed event that only the round before brought up: two, as a rule. */
const ROUNDS_MAX = 1000;

/** Whole sessions, locked as long as the transaction lives. */
export interface Sessions {
  readonly events: readonly CurationEvent[];
  /** Those of them that waited for curation. */
  readonly touched: readonly TouchedEvent[];
  /** Waited or not, nothing can be made of these; the sessions are without them. */
  readonly bad: readonly (TouchedEvent & BadEvent)[];
  /** Another transaction works there: nothing of these keys is in the rest. */
  readonly busy: readonly CurationKey[];
}

interface Loading {
  readonly tx: TransactionSql;
  readonly touched: Map<string, TouchedEvent>;
  readonly events: Map<string, CurationEvent>;
  readonly bad: Map<string, TouchedEvent & BadEvent>;
  /** By name; false when busy. */
  readonly keys: Map<string, { readonly key: CurationKey; held: boolean }>;
}

/**
 * Reads the sessions that the picked events touch. What else waits in them is touched as well, because such an event may
 * have left a place elsewhere; a bad one leaves a hole. So it goes in rounds, until one brings up nothing new.
 */
export async function loadSessions(tx: TransactionSql, picked: readonly TouchedEvent[]): Promise<Sessions> {
  const loading: Loading = { tx, touched: new Map(), events: new Map(), bad: new Map(), keys: new Map() };
  let fresh = picked;
  for (let round = 0; fresh.length > 0; round++) {
    assert(round < ROUNDS_MAX, "each round of reading sessions brings up less than the one before");
    for (const event of fresh) loading.touched.set(event.id, event);
    fresh = await loadAround(loading, fresh);
  }
  return wholeSessions(loading);
}

async function loadAround(loading: Loading, fresh: readonly TouchedEvent[]): Promise<TouchedEvent[]> {
  await holdKeys(loading, fresh);
  const mine = fresh.filter((event) => isHeld(loading, event));
  if (mine.length === 0) return [];
  const members = await sessionMembers(loading.tx, {
    touched: mine.map(({ id }) => id),
    excluded: [...loading.bad.keys()],
    seconds: SESSION_GAP_S,
    feet: SESSION_STEP_FT,
  });
  const unread = members.filter(({ id }) => !loading.events.has(id));
  const rows = await lockEventRows(
    loading.tx,
    unread.map(({ id }) => id),
  );
  markBusy(loading, unread, rows);
  return rows.filter((row) => take(loading, row));
}

/** Returns whether the row touches more than the round that brought it up has seen. */
function take({ events, bad, touched }: Loading, row: CurationRow): boolean {
  if (!isGood(row)) {
    bad.set(row.id, { ...row, problem: problemOf(row) ?? "" });
    return true;
  }
  events.set(row.id, row);
  return row.needs_curation && !touched.has(row.id);
}

async function holdKeys({ tx, keys }: Loading, fresh: readonly TouchedEvent[]): Promise<void> {
  const wanted = new Map(fresh.flatMap(keysOf).map((key) => [keyName(key), key]));
  const unknown = [...wanted].filter(([name]) => !keys.has(name)).map(([, key]) => key);
  const held = new Set((await lockKeys(tx, unknown)).map(keyName));
  for (const key of unknown) keys.set(keyName(key), { key, held: held.has(keyName(key)) });
}

/** A member that was not read is locked by another transaction, or moved while this one was reading. */
function markBusy({ keys }: Loading, members: readonly SessionMember[], rows: readonly CurationRow[]): void {
  const read = new Set(rows.map(memberName));
  for (const member of members) {
    if (!read.has(memberName(member))) keys.set(keyName(member), { key: member, held: false });
  }
}

function wholeSessions(loading: Loading): Sessions {
  const touched = [...loading.touched.values(), ...loading.bad.values()];
  while (touched.some((event) => giveBack(loading, event)));
  const mine = (event: TouchedEvent): boolean => isHeld(loading, event);
  return {
    events: [...loading.events.values()].filter(mine),
    touched: [...loading.touched.values()].filter(mine),
    bad: [...loading.bad.values()].filter(mine),
    busy: [...loading.keys.values()].filter(({ held }) => !held).map(({ key }) => key),
  };
}

/** An event between two keys can be curated only with both: without one, the other has to wait too. */
function giveBack({ keys }: Loading, event: TouchedEvent): boolean {
  const states = keysOf(event).map((key) => ({ key, held: keys.get(keyName(key))?.held === true }));
  if (states.every(({ held }) => held) || states.every(({ held }) => !held)) return false;
  for (const { key } of states) keys.set(keyName(key), { key, held: false });
  return true;
}

function isHeld({ keys }: Loading, event: TouchedEvent): boolean {
  return keysOf(event).every((key) => keys.get(keyName(key))?.held === true);
}

/** Where the event is, and where it was. */
function keysOf({ rig_id, category, former_category: former }: TouchedEvent): CurationKey[] {
  const now = { rig_id, category };
  return former === null || former === category ? [now] : [now, { rig_id, category: former }];
}

function keyName({ rig_id, category }: CurationKey): string {
  return `${category} ${rig_id}`;
}

function memberName(member: SessionMember): string {
  return `${keyName(member)} ${member.id}`;
}
