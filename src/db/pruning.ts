import type { ISql, TransactionSql } from "postgres";
import type { ArchiveReason } from "./episodes.ts";
import { recordLeaving } from "./library-changes.ts";

export interface PruneTimes {
  readonly age: Date;
  readonly falsePositive: Date;
  readonly created: Date;
}

export interface Pruned {
  readonly id: string;
  readonly rig_id: string;
  readonly reason: ArchiveReason;
}

/** Active episodes that the rules of age take, oldest first. */
export async function agedEpisodes(sql: ISql, times: PruneTimes, limit: number): Promise<Pruned[]> {
  return sql<Pruned[]>`
    select id, rig_id, case when timestamp < ${times.age} then 'age' else 'false_positive' end as reason
    from episodes
    where not archived and ${isAged(sql, times)}
    order by timestamp, id
    limit ${limit}`;
}

export async function agedCount(sql: ISql, times: PruneTimes): Promise<number> {
  const [row] = await sql<{ episodes: number }[]>`
    select count(*) as episodes from episodes where not archived and ${isAged(sql, times)}`;
  return row?.episodes ?? 0;
}

function isAged(sql: ISql, { age, falsePositive, created }: PruneTimes) {
  return sql`(created_at < ${created}
    and (timestamp < ${age} or (outcome = 'FalsePositive' and timestamp < ${falsePositive})))`;
}

/** The lowest scores of those that the rules of age leave, lowest first: what the cap takes after them. */
export async function lowestKept(sql: ISql, times: PruneTimes, limit: number): Promise<Pruned[]> {
  return sql<Pruned[]>`
    select id, rig_id, 'capacity' as reason from episodes
    where not archived and not ${isAged(sql, times)}
    order by score, id
    limit ${limit}`;
}

/** The lowest scores above the cap, lowest first. */
export async function excessEpisodes(sql: ISql, cap: number, limit: number): Promise<Pruned[]> {
  return sql<Pruned[]>`
    select id, rig_id, 'capacity' as reason from episodes
    where not archived
    order by score, id
    limit least(${limit}::bigint, greatest(0, (select count(*) from episodes where not archived) - ${cap}::bigint))`;
}

/** Below or at this score an episode would be pruned at once; null while there is room. */
export async function libraryFloor(sql: ISql, cap: number): Promise<number | null> {
  const [row] = await sql<{ floor: number | null }[]>`
    select case when count(*) >= ${cap}::bigint then min(score) end as floor from episodes where not archived`;
  return row?.floor ?? null;
}

/** Takes them out of the library and tells rigs to forget them. The caller took `version` in this transaction. */
export async function archiveEpisodes(
  tx: TransactionSql,
  pruned: readonly Pruned[],
  { version, at }: { readonly version: number; readonly at: Date },
): Promise<void> {
  const rows = tx`
    jsonb_to_recordset(${JSON.stringify(pruned)}::text::jsonb) as pruned (id text, rig_id text, reason text)`;
  const ids = pruned.map(({ id }) => id);
  await recordLeaving(tx, ids, { version, kind: "archived" });
  await tx`
    update episodes e
    set archived = true, archived_reason = pruned.reason, archived_at = ${at}, version = ${version}
    from ${rows} where e.id = pruned.id`;
  await tx`
    insert into tombstones (episode_id, rig_id, version, reason, buried_at)
    select id, rig_id, ${version}::bigint, reason, ${at}::timestamptz from ${rows}
    on conflict (episode_id) do update set
      version = excluded.version, reason = excluded.reason, buried_at = excluded.buried_at`;
}

/**
 * Forgets the oldest tombstones, and raises the floor with them: a rig whose cursor is below it gets the whole library.
 * The caller holds the library's lock. Returns how many are gone.
 */
export async function expireTombstones(tx: TransactionSql, before: Date, limit: number): Promise<number> {
  const rows = await tx<{ version: number }[]>`
    delete from tombstones where episode_id in (
      select episode_id from tombstones where buried_at < ${before} order by version, episode_id limit ${limit})
    returning version`;
  const newest = Math.max(0, ...rows.map(({ version }) => version));
  await tx`update library_state set tombstone_floor = ${newest} where tombstone_floor < ${newest}`;
  return rows.length;
}
