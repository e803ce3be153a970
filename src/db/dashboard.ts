import type { ISql } from "postgres";
import { assert } from "../base/assert.ts";

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
