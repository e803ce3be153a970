import type { Fragment, ISql } from "postgres";
import { assert } from "../../base/assert.ts";
import {
  OUTCOME_NAMES,
  UPLOADED_RISKS,
  type Campaign,
  type Category,
  type OutcomeName,
  type RiskLevel,
} from "../../wire/vocabulary.ts";
import type { Days } from "./counts.ts";
import { said } from "./said.ts";

/** Undefined: any. Days are UTC, by the event's own time. */
export interface AnswerFilter {
  readonly days: Days;
  readonly category?: Category | undefined;
  readonly risk?: RiskLevel | undefined;
  readonly campaign?: Campaign | undefined;
  readonly rig?: string | undefined;
  readonly depthFromFt?: number | undefined;
  readonly depthToFt?: number | undefined;
}

export interface AnswerTimes {
  /** Events that were resolved or handed up. */
  readonly answered: number;
  /** From the event (the rig's clock) to its answer (the hub's). */
  readonly average_s: number | null;
  readonly median_s: number | null;
  readonly p90_s: number | null;
  readonly worst_s: number | null;
}

/** Of the newest events that were answered, `limit` at most: the work stays the same as the fleet grows. */
export async function answerTimes(sql: ISql, filter: AnswerFilter, limit: number): Promise<AnswerTimes> {
  const [row] = await sql<AnswerTimes[]>`
    with took as (
      select greatest(0, extract(epoch from outcome_at - timestamp))::double precision as s
      from (${answeredEvents(sql, filter, limit)}) as answered
      where outcome in ('Resolved', 'Escalated') and outcome_at is not null
    )
    select count(*) as answered, avg(s) as average_s, percentile_cont(0.5) within group (order by s) as median_s,
      percentile_cont(0.9) within group (order by s) as p90_s, max(s) as worst_s
    from took`;
  assert(row !== undefined, "an aggregate gives a row");
  return row;
}

export interface ActionCount {
  /** As one of the drillers wrote it. */
  readonly action_taken: string;
  /** Events in which it was ever given as the answer. */
  readonly tried: number;
  /** Of these, those that stand as resolved by it. */
  readonly resolved: number;
}

/**
 * Actions of the same events. Texts that differ in case, spaces and underscores only are one action. Every answer of the
 * log counts as a try, so one that was followed by an escalation is a try that did not hold.
 */
export async function commonActions(
  sql: ISql,
  filter: AnswerFilter,
  limits: { readonly answers: number; readonly actions: number },
): Promise<ActionCount[]> {
  return sql<ActionCount[]>`
    with answered as materialized (${answeredEvents(sql, filter, limits.answers)}), stands as materialized (
      select id, case when outcome = 'Resolved' then ${said(sql, sql`action_taken`)} end as action,
        case when outcome = 'Resolved' then trim(action_taken) end as said, action_taken
      from answered
    ), tries as (
      select stands.id, stands.action as stands_as, trim(log.action_taken) as said,
        -- Most answers of the log are the one that stands: words are dear to compare.
        case when log.action_taken = stands.action_taken and stands.action is not null then stands.action
          else ${said(sql, sql`log.action_taken`)} end as action
      from stands join outcome_log as log on log.event_id = stands.id
      where log.outcome = 'Resolved'
      union all
      select id, action, said, action from stands where action is not null
    ), grouped as (
      select id, action, min(said) as said, bool_or(action = stands_as) as resolved
      from tries where action <> '' group by id, action
    )
    select min(said) as action_taken, count(*) as tried, count(*) filter (where resolved) as resolved
    from grouped
    group by action
    order by tried desc, resolved desc, action_taken
    limit ${limits.actions}`;
}

export interface OutcomeTotal {
  readonly outcome: OutcomeName;
  readonly count: number;
}

/** What the roll-up does not know: of one rig, or of a range of depth. Counts `limit` of the newest events. */
export async function outcomeTotals(sql: ISql, filter: AnswerFilter, limit: number): Promise<OutcomeTotal[]> {
  return sql<OutcomeTotal[]>`
    select outcome, count(*) as count from (
      select outcome from events where outcome in ${sql(OUTCOME_NAMES)} and ${matching(sql, filter)}
      order by timestamp desc limit ${limit}
    ) as newest
    group by outcome`;
}

export interface RigOutcomeCount extends OutcomeTotal {
  /** Of the rig. */
  readonly name: string;
}

/** Of every rig; over many days that is many rows, so callers ask for a month at most. */
export async function outcomesByRig(sql: ISql, filter: AnswerFilter): Promise<RigOutcomeCount[]> {
  const { days, category, risk, campaign } = filter;
  return sql<RigOutcomeCount[]>`
    select rig_id as name, outcome, sum(events)::bigint as count from daily_counts
    where day between ${days.from}::date and ${days.to}::date
      ${category === undefined ? sql`` : sql`and category = ${category}`}
      ${risk === undefined ? sql`` : sql`and risk_level = ${risk}`}
      ${campaign === undefined ? sql`` : sql`and campaign = ${campaign}`}
    group by rig_id, outcome having sum(events) > 0`;
}

/**
 * The newest are found in an index alone and then read: rows are wide, and most are passed over. An index by category
 * has outcome and risk before the time, so each is named, all of them where any will do.
 */
function answeredEvents(sql: ISql, filter: AnswerFilter, limit: number): Fragment {
  return sql`
    select id, outcome, action_taken, timestamp, outcome_at from events join (
      select id from events
      where outcome in ${sql(OUTCOME_NAMES.filter((name) => name !== "Pending"))} and ${matching(sql, filter)}
      order by timestamp desc limit ${limit}
    ) as newest using (id)`;
}

function matching(sql: ISql, filter: AnswerFilter): Fragment {
  const { days, category, risk, campaign, rig, depthFromFt, depthToFt } = filter;
  const risks = risk === undefined ? UPLOADED_RISKS : [risk];
  return sql`
    timestamp >= ${days.from}::date::timestamp at time zone 'UTC'
      and timestamp < (${days.to}::date + 1)::timestamp at time zone 'UTC'
      and risk_level in ${sql(risks)}
      ${category === undefined ? sql`` : sql`and category = ${category}`}
      ${campaign === undefined ? sql`` : sql`and campaign = ${campaign}`}
      ${rig === undefined ? sql`` : sql`and rig_id = ${rig}`}
      ${depthFromFt === undefined ? sql`` : sql`and depth >= ${depthFromFt}`}
      ${depthToFt === undefined ? sql`` : sql`and depth <= ${depthToFt}`}`;
}
