import type { ISql } from "postgres";
import { assert } from "../base/assert.ts";

export interface GaugeRow {
  readonly library_version: number;
  readonly episodes_active: number;
  readonly episodes_archived: number;
  readonly rigs_active: number;
  readonly rigs_inactive: number;
  readonly rigs_revoked: number;
  readonly sync_lag_versions: number;
  /** Since the newest rig that tells: null where none waits or none tells. */
  readonly queue_oldest_at: Date | null;
  readonly rigs_dropped_events: number;
  /** Rigs that are not revoked and told that an upgrade of theirs failed. */
  readonly rigs_upgrade_failed: number;
  readonly db_size_bytes: number;
  /** Of the newest run that ended. */
  readonly curation_duration_ms: number | null;
  readonly curation_failed_events: number;
  readonly backup_at: Date | null;
  readonly backup_bytes: number | null;
  readonly restore_verified_at: Date | null;
  readonly enrolments_used: number;
  readonly enrolments_withdrawn: number;
  /** How often a used code was shown again. */
  readonly enrolments_reused: number;
  /** Of the slowest standby; null without one, and where the hub's role may not see it. */
  readonly replication_lag_s: number | null;
}

export async function gaugeRow(sql: ISql): Promise<GaugeRow> {
  const [row] = await sql<GaugeRow[]>`
    with library as (
      select coalesce(max(version), 0) as version from library_versions
    ), counted as (
      select (select count(*) from episodes) as every, (select count(*) from episodes where not archived) as active
    ), fleet as (
      select
        count(*) filter (where status = 'active') as active,
        count(*) filter (where status = 'inactive') as inactive,
        count(*) filter (where status = 'revoked') as revoked,
        -- A rig that was enrolled ahead of its time has nothing to pull yet.
        min(synced) filter (where status = 'active' and last_seen is not null) as least_synced,
        min(queue_oldest_at) filter (where status <> 'revoked' and queue_events > 0) as queue_oldest_at,
        coalesce(sum(dropped_events), 0)::bigint as dropped
      from (select *, coalesce(synced_version, 0) as synced from rigs) as known
    ), codes as (
      select count(used_at) as used, count(cancelled_at) as withdrawn, coalesce(sum(reuses), 0)::bigint as reused
      from enrolments
    ), backup as (
      select at, bytes from backup_log where kind = 'backup' and ok order by at desc limit 1
    )
    select
      library.version as library_version,
      counted.active as episodes_active,
      counted.every - counted.active as episodes_archived,
      fleet.active as rigs_active,
      fleet.inactive as rigs_inactive,
      fleet.revoked as rigs_revoked,
      greatest(library.version - coalesce(fleet.least_synced, library.version), 0) as sync_lag_versions,
      fleet.queue_oldest_at,
      fleet.dropped as rigs_dropped_events,
      (select count(*) from rig_upgrade_failures join rigs using (rig_id)
        where status <> 'revoked') as rigs_upgrade_failed,
      pg_database_size(current_database()) as db_size_bytes,
      (select duration_ms from curation_runs where finished_at is not null
        order by started_at desc limit 1) as curation_duration_ms,
      -- Old failures are forgotten, their numbers are not: so it never falls, and is the same on every hub.
      (select case when is_called then last_value else 0 end from curation_failures_id_seq) as curation_failed_events,
      (select at from backup) as backup_at,
      (select bytes from backup) as backup_bytes,
      (select at from backup_log where kind = 'restore' and ok order by at desc limit 1) as restore_verified_at,
      codes.used as enrolments_used,
      codes.withdrawn as enrolments_withdrawn,
      codes.reused as enrolments_reused,
      -- A standby that has all has no lag to tell; one that may not be seen has no state either.
      (select max(coalesce(extract(epoch from replay_lag), 0))::double precision
        from pg_stat_replication where state is not null) as replication_lag_s
    from library, counted, fleet, codes`;
  assert(row !== undefined, "an aggregate gives a row");
  return row;
}

export interface RigGauge {
  readonly rig_id: string;
  readonly last_seen: Date | null;
  readonly clock_offset_s: number | null;
}

/** Always the same ones where there are more than the limit: a label that comes and goes is worse than none. */
export async function rigGauges(sql: ISql, limit: number): Promise<RigGauge[]> {
  return sql<RigGauge[]>`
    select rig_id, last_seen, clock_offset_s from rigs where status <> 'revoked' order by rig_id limit ${limit}`;
}

export interface ConnectionGauge {
  readonly state: string;
  readonly connections: number;
}

/** Of the hub's own role: a server shows it no other's. */
export async function connectionGauges(sql: ISql): Promise<ConnectionGauge[]> {
  return sql<ConnectionGauge[]>`
    select state, count(*) as connections from pg_stat_activity
    where datname = current_database() and usename = current_user and state is not null
    group by state order by state`;
}
