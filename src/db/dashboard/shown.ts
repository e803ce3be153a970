import type { ISql } from "postgres";
import { said } from "./said.ts";

export interface ShownCount {
  readonly rig_id: string;
  /** Events for which recall named the episode before the driller answered. */
  readonly shown: number;
  /** Of these, those in which the episode's action was ever given as the answer. */
  readonly used: number;
  /** Of these, those that stand as resolved by it. */
  readonly helped: number;
}

/** By rig, over the newest `limit` events that tell of the episode. */
export async function shownCounts(sql: ISql, episodeId: string, limit: number): Promise<ShownCount[]> {
  return sql<ShownCount[]>`
    with shown as materialized (
      select distinct event_id from (
        select event_id from shown_precedents where episode_id = ${episodeId} order by told_at desc limit ${limit}
      ) as newest
    ), advice as materialized (
      select ${said(sql, sql`action_taken`)} as action from episodes where id = ${episodeId}
    ), cases as materialized (
      select rig_id, action <> '' and exists (
          select from outcome_log as log
          where log.event_id = events.id and log.outcome = 'Resolved' and ${said(sql, sql`log.action_taken`)} = action
        ) as used,
        action <> '' and events.outcome = 'Resolved' and ${said(sql, sql`events.action_taken`)} = action as helped
      from shown join events on events.id = shown.event_id cross join advice
    )
    select rig_id, count(*) as shown, count(*) filter (where used or helped) as used,
      count(*) filter (where helped) as helped
    from cases group by rig_id`;
}
