import type { ISql } from "postgres";
import type { Category, RiskLevel } from "../../wire/vocabulary.ts";
import type { QuarantineReason, QuarantineRow } from "../quarantine.ts";

export const QUARANTINE_STATES = ["open", "accepted", "discarded"] as const;
export type QuarantineState = (typeof QUARANTINE_STATES)[number];

export interface QuarantineFilters {
  readonly state: QuarantineState;
  readonly reason?: QuarantineReason | undefined;
  readonly rig?: string | undefined;
}

/** An entry and the event that stands under its id. */
export interface QuarantineLine extends QuarantineRow {
  readonly event_at: Date;
  readonly category: Category;
  readonly risk_level: RiskLevel;
  readonly time_zone: string;
}

export interface QuarantineQuery {
  readonly filters: QuarantineFilters;
  /** Entries behind this id; undefined on the first page. */
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Newest first. */
export async function quarantineLines(
  sql: ISql,
  { filters, before, limit }: QuarantineQuery,
): Promise<QuarantineLine[]> {
  return sql<QuarantineLine[]>`
    select ${columns(sql)} from quarantine q
    join events e on e.id = q.event_id
    join rigs on rigs.rig_id = q.rig_id
    where ${matching(sql, filters)} and q.id < ${before ?? Number.MAX_SAFE_INTEGER}
    order by q.id desc
    limit ${limit}`;
}

export interface QuarantineEntryDetail extends QuarantineLine {
  /** Null when the event itself is held. */
  readonly twin_frame: Uint8Array | null;
}

export async function quarantineEntry(sql: ISql, id: number): Promise<QuarantineEntryDetail | undefined> {
  const [row] = await sql<QuarantineEntryDetail[]>`
    select ${columns(sql)}, q.frame as twin_frame from quarantine q
    join events e on e.id = q.event_id
    join rigs on rigs.rig_id = q.rig_id
    where q.id = ${id}`;
  return row;
}

/** The oldest first: who waits longest is decided first when there are more than one press takes. */
export async function openEntryIds(
  sql: ISql,
  filters: Omit<QuarantineFilters, "state">,
  limit: number,
): Promise<number[]> {
  const rows = await sql<{ id: number }[]>`
    select id from quarantine q where ${matching(sql, { ...filters, state: "open" })} order by id limit ${limit}`;
  return rows.map(({ id }) => id);
}

export interface ReasonCount {
  readonly reason: QuarantineReason;
  readonly entries: number;
  readonly oldest: Date;
}

/** Of those that wait. */
export async function openReasons(sql: ISql, rig?: string): Promise<ReasonCount[]> {
  return sql<ReasonCount[]>`
    select reason, count(*) as entries, min(received_at) as oldest from quarantine q
    where ${matching(sql, { state: "open", rig })}
    group by reason order by reason`;
}

/** Refused twins whose time to be taken back is over. A held event stays: it was acknowledged. Returns how many went. */
export async function forgetDiscarded(sql: ISql, decidedBefore: Date, limit: number): Promise<number> {
  const rows = await sql`
    delete from quarantine where id in (
      select id from quarantine
      where decision = 'discarded' and frame is not null and decided_at < ${decidedBefore}
      order by id limit ${limit})
    returning id`;
  return rows.length;
}

function columns(sql: ISql) {
  return sql`
    q.id, q.event_id, q.rig_id, q.reason, q.detail, q.body_bytes, q.clock_offset_s, q.received_at, q.decision,
    q.decided_at, q.decided_by, q.decision_note, e.timestamp as event_at, e.category, e.risk_level, rigs.time_zone`;
}

function matching(sql: ISql, { state, reason, rig }: QuarantineFilters) {
  return sql`
    ${state === "open" ? sql`q.decision is null` : sql`q.decision = ${state}`}
    ${reason === undefined ? sql`` : sql`and q.reason = ${reason}`}
    ${rig === undefined ? sql`` : sql`and q.rig_id = ${rig}`}`;
}
