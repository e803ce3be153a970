import type { ISql } from "postgres";

export interface RigName {
  readonly rig_id: string;
  readonly well_id: string;
}

export async function rigNames(sql: ISql, limit: number): Promise<RigName[]> {
  return sql<RigName[]>`select rig_id, well_id from rigs order by rig_id limit ${limit}`;
}

export interface KnownIds {
  readonly events: readonly string[];
  readonly episodes: readonly string[];
  readonly wells: readonly string[];
}

/** Which of these there are. A well counts once an event came from it, also when its rig has moved on. */
export async function knownIds(sql: ISql, ids: { events: string[]; episodes: string[]; well: string }) {
  const [row] = await sql<KnownIds[]>`
    select
      array(select id from events where id = any(${ids.events}::text[]) order by id) as events,
      array(select id from episodes where id = any(${ids.episodes}::text[]) order by id) as episodes,
      array(select well_id from events where well_id = ${ids.well} limit 1) as wells`;
  return row ?? { events: [], episodes: [], wells: [] };
}

/** Ids of a rig's events around a time, the nearest first. */
export async function eventsAround(sql: ISql, query: { rigId: string; at: Date; limit: number }): Promise<string[]> {
  const { rigId, at, limit } = query;
  const rows = await sql<{ id: string }[]>`
    select id from (
      (select id, timestamp from events where rig_id = ${rigId} and timestamp <= ${at}
        order by timestamp desc, id limit ${limit})
      union all
      (select id, timestamp from events where rig_id = ${rigId} and timestamp > ${at}
        order by timestamp, id desc limit ${limit})
    ) as near
    order by abs(extract(epoch from timestamp - ${at}::timestamptz)), id
    limit ${limit}`;
  return rows.map(({ id }) => id);
}

/** Ids of all rigs' events of one second. */
export async function eventsAt(sql: ISql, at: Date, limit: number): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from events where timestamp = ${at} order by timestamp desc, id limit ${limit}`;
  return rows.map(({ id }) => id);
}
