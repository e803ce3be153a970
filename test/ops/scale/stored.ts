import type { Database } from "../../../src/db/connect.ts";

/** How what the database holds differs from what rigs were told. */
export interface Found {
  /** Acknowledged, and not there. */
  readonly lost: number;
  /** By which the hub's own counts differ from one for each event. */
  readonly doubled: number;
  /** There with other bytes. */
  readonly changed: number;
}

export async function compare({ sql }: Database, acknowledged: ReadonlyMap<string, string>): Promise<Found> {
  const rows = await sql<{ id: string; digest: string }[]>`select id, encode(digest, 'hex') as digest from events`;
  const held = new Map(rows.map(({ id, digest }) => [id, digest]));
  const [counts] = await sql<{ doubled: number }[]>`
    select (abs((select count(*) from events) - (select sum(events) from daily_counts))
      + abs((select count(*) from events) - (select sum(event_count) from rigs)))::int as doubled`;
  const told = [...acknowledged];
  return {
    lost: told.filter(([id]) => !held.has(id)).length,
    doubled: (counts?.doubled ?? Number.NaN) + held.size - new Set(held.keys()).size,
    changed: told.filter(([id, digest]) => held.has(id) && held.get(id) !== digest).length,
  };
}

/** What two curators at once could get wrong; all 0 when they did not. */
export async function curated({ sql }: Database): Promise<Record<string, number>> {
  const [found] = await sql<Record<string, number>[]>`
    select
      (select count(*) from events where needs_curation)::int as waiting,
      (select count(*) from curation_failures)::int as failed,
      (select count(*) from events where episode_id is not null
        and not exists (select from episodes where episodes.id = events.episode_id))::int as astray,
      (select count(*) from episodes where not archived and event_count <>
        (select count(*) from events where episode_id = episodes.id))::int as miscounted`;
  return { ...found };
}

export async function epochOf({ sql }: Database): Promise<string | undefined> {
  const [row] = await sql<{ epoch: string }[]>`select epoch from library_state`;
  return row?.epoch;
}
