import type { ISql } from "postgres";

/** What the rig was shown for the event, the best first. The last answer counts, as with the outcome. */
export async function setPrecedents(
  sql: ISql,
  eventId: string,
  episodeIds: readonly string[],
  at: Date,
): Promise<void> {
  await sql`delete from shown_precedents where event_id = ${eventId} and place > ${episodeIds.length}`;
  const rows = episodeIds.map((episode_id, index) => ({
    event_id: eventId,
    place: index + 1,
    episode_id,
    told_at: at,
  }));
  await sql`
    insert into shown_precedents ${sql(rows)}
    on conflict (event_id, place) do update set episode_id = excluded.episode_id, told_at = excluded.told_at
    where shown_precedents.episode_id <> excluded.episode_id`;
}
