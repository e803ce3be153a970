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
  readonly db_size_bytes: number;
}

export async function gaugeRow(sql: ISql): Promise<GaugeRow> {
  const [row] = await sql<GaugeRow[]>`
    with library as (
      select coalesce(max(version), 0) as version from library_versions
    ), counted as (
      select (select count(*) from episodes) as every, (select count(*) from episodes where not archived) as active
    )
    select
      library.version as library_version,
      counted.active as episodes_active,
      counted.every - counted.active as episodes_archived,
      (select count(*) from rigs where status = 'active') as rigs_active,
      (select count(*) from rigs where status = 'inactive') as rigs_inactive,
      (select count(*) from rigs where status = 'revoked') as rigs_revoked,
      (select coalesce(max(library.version - coalesce(synced_version, 0)), 0) from rigs
        where status = 'active') as sync_lag_versions,
      pg_database_size(current_database()) as db_size_bytes
    from library, counted`;
  assert(row !== undefined, "an aggregate gives a row");
  return row;
}
