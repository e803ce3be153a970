import type { ISql } from "postgres";
import type { RigStatus } from "../../wire/vocabulary.ts";

export interface PublishedRow {
  readonly id: string;
  readonly rig_id: string;
  readonly archived: boolean;
  /** The newest version that changed what rigs see of it, and when that was made; null when it is not on record. */
  readonly version: number;
  readonly committed_at: Date | null;
  /** The version that brought it; null when that was before changes were kept. */
  readonly first_version: number | null;
  readonly rigs: number;
}

export async function publishedEpisode(sql: ISql, id: string): Promise<PublishedRow | undefined> {
  const [row] = await sql<PublishedRow[]>`
    select id, rig_id, archived, version,
      (select committed_at from library_versions where version = episodes.version) as committed_at,
      (select min(version) from library_changes where episode_id = episodes.id and kind = 'created') as first_version,
      (select count(*) from rigs) as rigs
    from episodes where id = ${id}`;
  return row;
}

export interface RigCopyRow {
  readonly rig_id: string;
  readonly well_id: string;
  readonly field: string;
  readonly status: RigStatus;
  readonly last_seen: Date | null;
  readonly revoked_at: Date | null;
  readonly synced_version: number | null;
  readonly confirmed_version: number | null;
  readonly confirmed_at: Date | null;
  /** When the first reply with the version left; null when none did, or its row is no longer kept. */
  readonly sent_at: Date | null;
}

/**
 * Every rig against one version of the library. One look at the index a rig: a sync's version never falls, so its
 * lowest row that has the version is also its first.
 */
export async function rigCopies(sql: ISql, version: number, limit: number): Promise<RigCopyRow[]> {
  return sql<RigCopyRow[]>`
    select rigs.rig_id, well_id, field, status, last_seen, revoked_at, synced_version, confirmed_version, confirmed_at,
      sent.synced_at as sent_at
    from rigs
    left join lateral (
      select synced_at from sync_log
      where greatest(rigs.synced_version, rigs.confirmed_version) >= ${version} and sync_log.rig_id = rigs.rig_id and library_version >= ${version}
      order by library_version, synced_at limit 1
    ) as sent on true
    order by rigs.rig_id
    limit ${limit}`;
}
