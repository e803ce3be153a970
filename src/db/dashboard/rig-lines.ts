import type { ISql } from "postgres";
import type { Campaign, RiskLevel } from "../../wire/vocabulary.ts";

/** Worst first, in the order that the list shows them. */
export const RIG_STATES = ["silent", "late", "waiting", "active", "revoked"] as const;
export type RigState = (typeof RIG_STATES)[number];

export interface RigListRow {
  readonly rig_id: string;
  readonly well_id: string;
  readonly field: string;
  /** IANA name. */
  readonly time_zone: string;
  readonly state: RigState;
  /** Last heard of since it was enrolled; its enrolment when it never was. */
  readonly heard_at: Date;
  readonly registered_at: Date;
  readonly revoked_at: Date | null;
  readonly last_seen: Date | null;
  readonly last_event_at: Date | null;
  readonly last_sync: Date | null;
  readonly synced_version: number | null;
  /** Versions of the library that it lacks; null for a revoked rig, which gets none. */
  readonly lag: number | null;
  /** Lacks one that it had two syncs' time to fetch. */
  readonly behind: boolean;
  readonly queue_events: number | null;
  readonly queue_oldest_at: Date | null;
  readonly queue_worst: RiskLevel | null;
  readonly queue_told_at: Date | null;
  /** Up and down on the UTC day; null when it made no contact. */
  readonly bytes_today: number | null;
  readonly clock_offset_s: number | null;
  readonly spoke_version: string | null;
  /** Its version of the spoke is older than this hub's. */
  readonly old_spoke: boolean;
  readonly key_issued_at: Date;
  readonly previous_key_until: Date | null;
  readonly dropped_events: number;
  /** Of its newest event; null before the first. */
  readonly campaign: Campaign | null;
  /** Of seven UTC days, today included. */
  readonly events_7d: number;
  readonly answered_7d: number;
}

/** What the list is measured against: the hub's clock and version, never the server's. */
export interface RigsAsOf {
  readonly lateBefore: Date;
  readonly silentBefore: Date;
  /** `YYYY-MM-DD`, UTC, newest first: today and the days before it. */
  readonly week: readonly string[];
  readonly spokeVersion: string;
}

/** Undefined or absent: any. */
export interface RigFilters {
  readonly state?: RigState | undefined;
  readonly field?: string | undefined;
  readonly campaign?: Campaign | undefined;
  readonly behind?: boolean | undefined;
  readonly oldSpoke?: boolean | undefined;
  /** Part of the rig's or the well's name, whatever the case. */
  readonly text?: string | undefined;
}

/** Every rig with what its own row and today's contact say. */
export function rigLines(sql: ISql, { lateBefore, silentBefore, week, spokeVersion }: RigsAsOf) {
  return sql`(
    select rigs.rig_id, well_id, field, time_zone, heard.at as heard_at, registered_at, revoked_at, last_seen,
      last_event_at, last_sync, synced_version, queue_events, queue_oldest_at, queue_worst, queue_told_at,
      ${bytesOf(sql, week[0] ?? null)} as bytes_today, clock_offset_s, spoke_version, previous_key_until, dropped_events,
      coalesce(key_issued_at, registered_at) as key_issued_at,
      case when status <> 'revoked' then greatest(0, library.version - coalesce(synced_version, 0)) end as lag,
      status <> 'revoked' and coalesce(synced_version, 0) < library.due_version as behind,
      coalesce(spoke_key < ${versionKey(sql, sql`${spokeVersion}::text`)}, false) as old_spoke, spoke_key,
      case
        when status = 'revoked' then 'revoked'
        when heard.at < ${silentBefore} then 'silent'
        when last_seen is null or last_seen < registered_at then 'waiting'
        when heard.at < ${lateBefore} then 'late'
        else 'active'
      end as state
    from rigs
    cross join lateral (select greatest(last_seen, registered_at) as at) as heard
    -- A fleet has few versions and each key is dear: as a list that is made once, not for each pair of the join.
    left join (
      with keyed as materialized (
        select version, ${versionKey(sql, sql`version`)} as key
        from (select distinct spoke_version as version from rigs) as versions
      )
      select version as spoke_version, key as spoke_key from keyed
    ) as spokes using (spoke_version)
    cross join (
      select coalesce(max(version), 0) as version,
        coalesce((
          select version from library_versions
          where committed_at < ${lateBefore} order by committed_at desc, version desc limit 1), 0) as due_version
      from library_versions
    ) as library)`;
}

/** One look into the key, which begins with the rig: a join would read every day there is. */
function bytesOf(sql: ISql, day: string | null) {
  return sql`(
    select upload_bytes + sync_bytes from rig_days
    where rig_days.rig_id = rigs.rig_id and rig_days.day = ${day}::date)`;
}

/** `0.10.0` comes after `0.9.0`: each part in eight digits. */
export function versionKey(sql: ISql, version: Piece) {
  return sql`(
    select string_agg(lpad(part, 8, '0'), '.' order by nth)
    from regexp_split_to_table(${version}, '[.+-]') with ordinality as parts (part, nth))`;
}

export type Piece = ReturnType<typeof anyRow>;

export function anyRow(sql: ISql) {
  return sql`true`;
}

/** Only what is asked for is asked: the planner takes each test of a parameter for one that hardly a row passes. */
export function rigMatches(sql: ISql, { field, campaign, behind, oldSpoke, text }: RigFilters) {
  return sql`
    true
    ${field === undefined ? sql`` : sql`and field = ${field}`}
    ${behind === true ? sql`and behind` : sql``}
    ${oldSpoke === true ? sql`and old_spoke` : sql``}
    ${text === undefined ? sql`` : sql`and ${named(sql, text)}`}
    ${campaign === undefined ? sql`` : sql`and ${campaignOf(sql, sql`line.rig_id`)} = ${campaign}`}`;
}

function named(sql: ISql, text: string) {
  return sql`(position(lower(${text}) in lower(line.rig_id)) > 0 or position(lower(${text}) in lower(well_id)) > 0)`;
}

export function campaignOf(sql: ISql, rigId: Piece) {
  return sql`(
    select campaign from events
    where events.rig_id = ${rigId} and not held order by timestamp desc, id limit 1)`;
}

/** Seven looks into the key, which begins with the day: a range of days would read those of all rigs. */
export function weekOf(sql: ISql, { week }: RigsAsOf, rigId: Piece) {
  return sql`
    select coalesce(sum(events), 0)::bigint as events_7d,
      coalesce(sum(events) filter (where outcome <> 'Pending'), 0)::bigint as answered_7d
    from daily_counts where day = any(${[...week]}::date[]) and daily_counts.rig_id = ${rigId}`;
}
