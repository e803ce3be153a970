import { contactDays, contactTraces, countedSince, type ContactRow } from "../../db/dashboard/rig.ts";
import type { HubContext } from "../context.ts";
import { isoTimes, type IsoTimes } from "../iso-times.ts";
import { daysBack, RIG_LATE_AFTER_S } from "./rigs-as-of.ts";
import type { RigLine } from "./rigs.ts";

export const RIG_STRIP_DAYS = 30;
const ISO_DAY_CHARS = "2026-11-10".length;

/**
 * `away`: no contact; `unrecorded`: contact was not counted yet, and nothing else tells; `before`: not enrolled;
 * `revoked`: it could not enter.
 */
export type StripState = "contact" | "away" | "unrecorded" | "before" | "revoked";

export interface StripDay {
  /** `YYYY-MM-DD`, UTC. */
  readonly date: string;
  readonly state: StripState;
  /** Null on days without contact. Bytes are null where they were not counted. */
  readonly contact: Omit<IsoTimes<ContactRow>, "date"> | null;
}

/** A stretch without contact, of two syncs at least; `to` is null while it lasts. */
export interface Gap {
  readonly from: string;
  readonly to: string | null;
  readonly seconds: number;
}

export interface RigStrip {
  /** Oldest first, today last. */
  readonly days: readonly StripDay[];
  /** Longest first. */
  readonly gaps: readonly Gap[];
}

/** When the rig was in contact, day by day, and when for long it was not. */
export async function rigStrip({ sql, clock }: HubContext, rig: RigLine): Promise<RigStrip> {
  const dates = daysBack(clock.now(), RIG_STRIP_DAYS).toReversed();
  const [from = ""] = dates;
  const since = await countedSince(sql, rig.rig_id);
  const before = since === null ? new Date(clock.now()) : startOf(since);
  const [counted, traces] = await Promise.all([
    contactDays(sql, rig.rig_id, from),
    before > startOf(from) ? contactTraces(sql, rig.rig_id, { since: startOf(from), before }) : [],
  ]);
  const known = withLastSeen(counted, rig.last_seen);
  return {
    days: stripDays(dates, { rows: [...traces, ...known], since, rig }),
    gaps: gapsOf(known, rig.revoked_at, clock.now()),
  };
}

interface KnownDays {
  readonly rows: readonly ContactRow[];
  readonly since: string | null;
  readonly rig: RigLine;
}

function stripDays(dates: readonly string[], { rows, since, rig }: KnownDays): StripDay[] {
  const byDate = new Map(rows.map((row) => [row.date, row]));
  return dates.map((date) => {
    const row = byDate.get(date);
    if (row !== undefined) return { date, state: "contact", contact: withoutDate(row) };
    return { date, state: withoutContact(date, since, rig), contact: null };
  });
}

function withoutContact(date: string, since: string | null, { registered_at, revoked_at }: RigLine): StripState {
  if (date < dayOf(registered_at)) return "before";
  if (revoked_at !== null && date > dayOf(revoked_at)) return "revoked";
  return since === null || date < since ? "unrecorded" : "away";
}

/** The rig's own row may know of a contact that the days do not. */
function withLastSeen(rows: readonly ContactRow[], lastSeen: string | null): readonly ContactRow[] {
  if (lastSeen === null || rows.some(({ date }) => date >= dayOf(lastSeen))) return rows;
  const at = new Date(lastSeen);
  const unknown = { uploads: 0, syncs: 0, upload_bytes: null, sync_bytes: null };
  return [...rows, { date: dayOf(lastSeen), first_at: at, last_at: at, ...unknown }];
}

/** Only what lies between a day's last contact and the next one's first is known to be a gap; revocation ends it. */
function gapsOf(rows: readonly ContactRow[], revokedAt: string | null, nowMs: number): Gap[] {
  const gaps = rows.map(({ last_at: from }, at) => {
    const to = rows[at + 1]?.first_at.toISOString() ?? revokedAt;
    const seconds = Math.round(((to === null ? nowMs : Date.parse(to)) - from.getTime()) / 1000);
    return { from: from.toISOString(), to, seconds };
  });
  return gaps
    .filter(({ seconds }) => seconds >= RIG_LATE_AFTER_S)
    .toSorted((left, right) => right.seconds - left.seconds);
}

function withoutDate(row: ContactRow): NonNullable<StripDay["contact"]> {
  const { first_at, last_at, uploads, syncs, upload_bytes, sync_bytes } = isoTimes(row);
  return { first_at, last_at, uploads, syncs, upload_bytes, sync_bytes };
}

function startOf(day: string): Date {
  return new Date(`${day}T00:00:00Z`);
}

function dayOf(iso: string): string {
  return iso.slice(0, ISO_DAY_CHARS);
}
