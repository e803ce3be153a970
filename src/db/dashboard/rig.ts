import type { ISql } from "postgres";
import type { OutcomeName, RigStatus } from "../../wire/vocabulary.ts";
import type { QuarantineReason } from "../quarantine.ts";

/** What the list does not show of a rig. */
export interface RigFactsRow {
  readonly status: RigStatus;
  readonly revoke_reason: string | null;
  readonly event_count: number;
  /** What the rig itself said that it has. */
  readonly confirmed_version: number | null;
  readonly confirmed_at: Date | null;
  readonly key_used_at: Date | null;
  readonly previous_key_used_at: Date | null;
}

export async function rigFacts(sql: ISql, rigId: string): Promise<RigFactsRow | undefined> {
  const [row] = await sql<RigFactsRow[]>`
    select status, revoke_reason, event_count, confirmed_version, confirmed_at, key_used_at, previous_key_used_at
    from rigs where rig_id = ${rigId}`;
  return row;
}

export interface ContactRow {
  /** `YYYY-MM-DD`, UTC. */
  readonly date: string;
  readonly first_at: Date;
  readonly last_at: Date;
  readonly uploads: number;
  readonly syncs: number;
  /** Null for days before bytes were counted. */
  readonly upload_bytes: number | null;
  readonly sync_bytes: number | null;
}

/** The UTC day since which its contact is counted, `YYYY-MM-DD`; null when it never was. */
export async function countedSince(sql: ISql, rigId: string): Promise<string | null> {
  const [row] = await sql<{ day: string | null }[]>`
    select to_char(min(day), 'YYYY-MM-DD') as day from rig_days where rig_id = ${rigId}`;
  return row?.day ?? null;
}

/** The days of counted contact from the day on, and the one before them, oldest first. */
export async function contactDays(sql: ISql, rigId: string, from: string): Promise<ContactRow[]> {
  return sql<ContactRow[]>`
    select to_char(day, 'YYYY-MM-DD') as date, first_at, last_at, uploads, syncs, upload_bytes, sync_bytes
    from rig_days
    where rig_id = ${rigId} and day >= coalesce((
      select max(day) from rig_days where rig_id = ${rigId} and day < ${from}::date), ${from}::date)
    order by rig_days.day`;
}

/**
 * What came from it and what it fetched before contact was counted: a poll that found nothing new left no trace then.
 * No clock is a day ahead, so an event that came before a day has a time before the next.
 */
export async function contactTraces(
  sql: ISql,
  rigId: string,
  { since, before }: { readonly since: Date; readonly before: Date },
): Promise<ContactRow[]> {
  return sql<ContactRow[]>`
    select to_char(at at time zone 'UTC', 'YYYY-MM-DD') as date, min(at) as first_at, max(at) as last_at,
      sum(upload)::int as uploads, sum(1 - upload)::int as syncs,
      null::bigint as upload_bytes, null::bigint as sync_bytes
    from (
      select received_at as at, 1 as upload from events
      where rig_id = ${rigId} and timestamp >= ${since} and timestamp < ${before}::timestamptz + interval '1 day'
      union all
      select synced_at, 0 from sync_log where rig_id = ${rigId} and synced_at >= ${since}
    ) as trace
    where at >= ${since} and at < ${before}
    group by date order by date`;
}

export interface SyncRow {
  readonly synced_at: Date;
  readonly episodes_sent: number;
  readonly library_version: number;
  readonly bytes: number | null;
  readonly clock_offset_s: number | null;
}

/** Newest first. */
export async function newestSyncs(sql: ISql, rigId: string, limit: number): Promise<SyncRow[]> {
  return sql<SyncRow[]>`
    select synced_at, episodes_sent, library_version, bytes, clock_offset_s
    from sync_log where rig_id = ${rigId} order by synced_at desc, id desc limit ${limit}`;
}

export interface DropRow {
  readonly told_at: Date;
  readonly events: number;
}

/** Newest first. */
export async function newestDrops(sql: ISql, rigId: string, limit: number): Promise<DropRow[]> {
  return sql<DropRow[]>`
    select told_at, events from drop_receipts where rig_id = ${rigId} order by id desc limit ${limit}`;
}

export interface RefusalRow {
  readonly code: string;
  readonly refusals: number;
  readonly first_at: Date;
  readonly last_at: Date;
  readonly last_event_id: string | null;
  readonly last_sentence: string;
}

/** The kind that came last stands first. */
export async function rigRefusals(sql: ISql, rigId: string, limit: number): Promise<RefusalRow[]> {
  return sql<RefusalRow[]>`
    select code, refusals, first_at, last_at, last_event_id, last_sentence
    from rig_refusals where rig_id = ${rigId} order by last_at desc, code limit ${limit}`;
}

export interface OpenEntryRow {
  readonly id: number;
  readonly event_id: string;
  readonly reason: QuarantineReason;
  readonly detail: string;
  readonly received_at: Date;
}

/** Newest first. */
export async function openEntries(sql: ISql, rigId: string, limit: number): Promise<OpenEntryRow[]> {
  return sql<OpenEntryRow[]>`
    select id, event_id, reason, detail, received_at
    from quarantine where rig_id = ${rigId} and decision is null order by id desc limit ${limit}`;
}

export interface EnrolmentRow {
  readonly created_at: Date;
  readonly created_by: string;
  readonly expires_at: Date;
  readonly used_at: Date | null;
  readonly used_from: string | null;
  readonly cancelled_at: Date | null;
}

export async function newestEnrolment(sql: ISql, rigId: string): Promise<EnrolmentRow | undefined> {
  const [row] = await sql<EnrolmentRow[]>`
    select created_at, created_by, expires_at, used_at, used_from, cancelled_at
    from enrolments where rig_id = ${rigId} order by id desc limit 1`;
  return row;
}

export interface OutcomeSumRow {
  readonly outcome: OutcomeName;
  readonly count: number;
}

/** One look into the key for each day: it begins with the day. */
export async function rigOutcomes(sql: ISql, rigId: string, days: readonly string[]): Promise<OutcomeSumRow[]> {
  return sql<OutcomeSumRow[]>`
    select outcome, sum(events::int) as count from daily_counts
    where day = any(${[...days]}::date[]) and rig_id = ${rigId} group by outcome`;
}

export interface Span {
  /** `YYYY-MM-DD`, UTC, both included. */
  readonly from: string;
  readonly to: string;
}

export async function fleetOutcomes(sql: ISql, { from, to }: Span): Promise<OutcomeSumRow[]> {
  return sql<OutcomeSumRow[]>`
    select outcome, sum(events::int) as count from fleet_days
    where day between ${from}::date and ${to}::date group by outcome`;
}

/** Rigs that sent an event since then: who shares the fleet's counts. */
export async function rigsWithEvents(sql: ISql, since: Date): Promise<number> {
  const [row] = await sql<{ rigs: number }[]>`select count(*) as rigs from rigs where last_event_at >= ${since}`;
  return row?.rigs ?? 0;
}

/** For a name that is none of them. */
export async function rigNames(sql: ISql, limit: number): Promise<string[]> {
  const rows = await sql<{ rig_id: string }[]>`select rig_id from rigs order by rig_id limit ${limit}`;
  return rows.map(({ rig_id }) => rig_id);
}
