import type { ISql } from "postgres";
import { assert } from "../base/assert.ts";

/** A count of a page stops here: "10,000+" says as much, and counting a million rows takes a second. */
export const PAGE_COUNT_MAX = 10_000;

export interface RigCounts {
  readonly active: number;
  readonly silent: number;
  readonly revoked: number;
  /** Rigs, not revoked, that lack versions of the library. */
  readonly behind: number;
}

/** `seenSince` parts the active from the silent: the column `status` follows it only at the next sweep. */
export async function rigCounts(sql: ISql, seenSince: Date): Promise<RigCounts> {
  const [row] = await sql<RigCounts[]>`
    select
      count(*) filter (where status <> 'revoked' and last_seen >= ${seenSince}) as active,
      count(*) filter (where status <> 'revoked' and coalesce(last_seen, '-infinity') < ${seenSince}) as silent,
      count(*) filter (where status = 'revoked') as revoked,
      count(*) filter (where status <> 'revoked' and coalesce(synced_version, 0)
        < (select coalesce(max(version), 0) from library_versions)) as behind
    from rigs`;
  assert(row !== undefined, "an aggregate gives a row");
  return row;
}

export interface AnswerTimes {
  /** Events that were resolved or handed up. */
  readonly answered: number;
  /** From the event (the rig's clock) to its answer (the hub's). */
  readonly average_s: number | null;
  readonly median_s: number | null;
  readonly p90_s: number | null;
}

/** Over the events of the newest answers, `limit` of them: the work stays the same as the fleet grows. */
export async function answerTimes(sql: ISql, limit: number): Promise<AnswerTimes> {
  const [row] = await sql<AnswerTimes[]>`
    with answered as (
      select distinct event_id from (select event_id from outcome_log order by id desc limit ${limit}) as newest
    ), took as (
      select greatest(0, extract(epoch from outcome_at - timestamp))::double precision as s
      from answered join events on events.id = answered.event_id
      where outcome in ('Resolved', 'Escalated')
    )
    select count(*) as answered, avg(s) as average_s, percentile_cont(0.5) within group (order by s) as median_s,
      percentile_cont(0.9) within group (order by s) as p90_s
    from took`;
  assert(row !== undefined, "an aggregate gives a row");
  return row;
}

export interface ActionCount {
  readonly action_taken: string;
  readonly count: number;
}

/** Texts that differ in case and outer spaces only are one action. */
export async function commonActions(sql: ISql, limits: { answers: number; actions: number }): Promise<ActionCount[]> {
  return sql<ActionCount[]>`
    with answered as (
      select distinct event_id from (select event_id from outcome_log order by id desc limit ${limits.answers}) as newest
    )
    select min(trim(action_taken)) as action_taken, count(*) as count
    from answered join events on events.id = answered.event_id
    where outcome = 'Resolved' and trim(action_taken) <> ''
    group by lower(trim(action_taken))
    order by count desc, action_taken
    limit ${limits.actions}`;
}

export interface Attention {
  /** Up to `PAGE_COUNT_MAX` each. */
  readonly critical_pending: number;
  readonly high_pending: number;
  readonly oldest_quarantined: Date | null;
}

export async function attention(sql: ISql): Promise<Attention> {
  const [row] = await sql<Attention[]>`
    select
      (select count(*) from (select from events where outcome = 'Pending' and risk_level = 'Critical'
        limit ${PAGE_COUNT_MAX}) as critical) as critical_pending,
      (select count(*) from (select from events where outcome = 'Pending' and risk_level = 'High'
        limit ${PAGE_COUNT_MAX}) as high) as high_pending,
      (select min(received_at) from quarantine where decision is null) as oldest_quarantined`;
  assert(row !== undefined, "a select without from gives a row");
  return row;
}
