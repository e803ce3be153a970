import type { ISql } from "postgres";

/**
 * One row a UTC day, by the first run of it. Events are the sum of what each rig's row counts, which uploads keep exact;
 * counting the table itself would read all of it.
 */
export async function recordSize(sql: ISql, at: Date): Promise<void> {
  await sql`
    insert into size_log (day, database_bytes, events, episodes)
    select today.day, pg_database_size(current_database()), (select coalesce(sum(event_count), 0) from rigs),
      (select count(*) from episodes where not archived)
    from (select (${at}::timestamptz at time zone 'UTC')::date as day) as today
    where not exists (select from size_log where size_log.day = today.day)
    on conflict (day) do nothing`;
}
