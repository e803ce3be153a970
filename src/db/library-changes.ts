import type { ISql, TransactionSql } from "postgres";

/** What people see of an episode, as JSON of the row `name`. */
export function shownFields(sql: ISql, name: string) {
  const row = sql(name);
  return sql`jsonb_build_object(
    'outcome', ${row}.outcome, 'resolution', ${row}.resolution, 'action_taken', ${row}.action_taken,
    'notes', ${row}.notes, 'risk_level', ${row}.risk_level, 'severity', ${row}.severity, 'category', ${row}.category,
    'campaign', ${row}.campaign, 'depth_min', ${row}.depth_min, 'depth_max', ${row}.depth_max,
    'event_count', ${row}.event_count, 'score', ${row}.published_score, 'well_id', ${row}.well_id,
    'field', ${row}.field)`;
}

/** Those of `one` that `other` has otherwise: both are names of rows with `fields`. */
export function differing(sql: ISql, one: string, other: string) {
  return sql`(
    select coalesce(jsonb_object_agg(key, value), '{}') from jsonb_each(${sql(one)}.fields)
    where ${sql(other)}.fields -> key is distinct from value)`;
}

/** They leave the library with this version: what they were is kept, so call it before they are gone. */
export async function recordLeaving(
  tx: TransactionSql,
  ids: readonly string[],
  { version, kind }: { readonly version: number; readonly kind: "archived" | "removed" },
): Promise<void> {
  if (ids.length === 0) return;
  await tx`
    insert into library_changes (version, episode_id, kind, before)
    select ${version}, id, ${kind}, ${shownFields(tx, "episodes")} from episodes where id = any(${[...ids]}::text[])`;
}

/** The same of episodes that must leave nothing behind. */
export async function recordPurged(sql: ISql, ids: readonly string[], version: number): Promise<void> {
  await sql`
    insert into library_changes (version, episode_id, kind)
    select ${version}, id, 'removed' from unnest(${[...ids]}::text[]) as purged (id)`;
}

/** That they changed stays, and what they said goes. */
export async function blankChanges(sql: ISql, episodeIds: readonly string[]): Promise<void> {
  await sql`
    update library_changes set before = null, after = null
    where episode_id = any(${[...episodeIds]}::text[]) and (before is not null or after is not null)`;
}

/** Forgets the changes of the oldest versions, up to this one. Returns how many are gone. */
export async function expireChanges(sql: ISql, upTo: number, limit: number): Promise<number> {
  const rows = await sql`
    delete from library_changes where (version, episode_id) in (
      select version, episode_id from library_changes where version <= ${upTo} order by version, episode_id limit ${limit})
    returning version`;
  return rows.length;
}
