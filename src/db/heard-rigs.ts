import type { ISql } from "postgres";
import type { RiskLevel } from "../wire/vocabulary.ts";

/** What still waits on a rig, as it last told. */
export interface ToldQueue {
  readonly events: number;
  readonly oldest_at: Date | null;
  readonly worst: RiskLevel | null;
}

/** A rig whose uploads are in a group. */
export interface HeardRig {
  readonly rig_id: string;
  /** Its clock minus ours, s; null when it did not tell its time. */
  readonly clock_offset_s: number | null;
  readonly uploads: number;
  /** As they were sent. */
  readonly upload_bytes: number;
  /** Which of its keys opened the door; both do while one is rotated. */
  readonly current_key: boolean;
  readonly previous_key: boolean;
  /** Null when it did not tell. */
  readonly queue: ToldQueue | null;
}

/**
 * Common table expressions that note the rigs of a group, and count the events that `stored` (id, rig_id) brought each
 * of them. The caller holds their locks.
 */
export function heardIn(sql: ISql, rigs: readonly HeardRig[], at: Date) {
  const heard = rigs.map(({ queue, ...rig }) => ({
    ...rig,
    queue_events: queue?.events ?? null,
    queue_oldest_at: queue?.oldest_at ?? null,
    queue_worst: queue?.worst ?? null,
  }));
  return sql`
    heard as materialized (
      select rig.*, (select count(*) from stored where stored.rig_id = rig.rig_id) as stored
      from jsonb_to_recordset(${JSON.stringify(heard)}::text::jsonb) as rig (
        rig_id text, clock_offset_s double precision, uploads int, upload_bytes bigint, current_key boolean,
        previous_key boolean, queue_events int, queue_oldest_at timestamptz, queue_worst text)
    ), noted as (
      update rigs set
        event_count = event_count + heard.stored,
        last_event_at = case when heard.stored > 0 then greatest(last_event_at, ${at}) else last_event_at end,
        last_seen = greatest(last_seen, ${at}),
        clock_offset_s = coalesce(heard.clock_offset_s, rigs.clock_offset_s),
        key_used_at = case when heard.current_key then greatest(key_used_at, ${at}) else key_used_at end,
        previous_key_used_at =
          case when heard.previous_key then greatest(previous_key_used_at, ${at}) else previous_key_used_at end,
        ${queueTold(sql, "heard", at)},
        status = case status when 'inactive' then 'active' else status end
      from heard
      where rigs.rig_id = heard.rig_id
    ), met as (
      insert into rig_days (rig_id, day, first_at, last_at, uploads, upload_bytes)
      select rig_id, ${utcDay(sql, at)}, ${at}, ${at}, uploads, upload_bytes from heard order by rig_id
      on conflict (rig_id, day) do update set
        last_at = greatest(rig_days.last_at, excluded.last_at), uploads = rig_days.uploads + excluded.uploads,
        upload_bytes = rig_days.upload_bytes + excluded.upload_bytes
    )`;
}

/** Sets the rig's queue columns from those of `source`, where it told. */
export function queueTold(sql: ISql, source: string, at: Date) {
  const told = sql(source);
  return sql`
    queue_oldest_at = case when ${told}.queue_events is null then rigs.queue_oldest_at else ${told}.queue_oldest_at end,
    queue_worst = case when ${told}.queue_events is null then rigs.queue_worst else ${told}.queue_worst end,
    queue_told_at = case when ${told}.queue_events is null then rigs.queue_told_at else ${at} end,
    queue_events = coalesce(${told}.queue_events, rigs.queue_events)`;
}

/** The day of `rig_days`. Whoever writes several rigs there does so in the order of their names. */
export function utcDay(sql: ISql, at: Date) {
  return sql`(${at}::timestamptz at time zone 'UTC')::date`;
}
