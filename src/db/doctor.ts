import type { ISql } from "postgres";
import { assert } from "../base/assert.ts";

/** What the server says of itself and of this hub's rights. */
export interface ServerFacts {
  readonly version_num: number;
  readonly fsync: boolean;
  readonly full_page_writes: boolean;
  readonly synchronous_commit: string;
  readonly read_only: boolean;
  readonly connections_max: number;
  readonly now_ms: number;
}

export async function serverFacts(sql: ISql): Promise<ServerFacts> {
  const [row] = await sql<ServerFacts[]>`
    select
      current_setting('server_version_num')::integer as version_num,
      current_setting('fsync') = 'on' as fsync,
      current_setting('full_page_writes') = 'on' as full_page_writes,
      current_setting('synchronous_commit') as synchronous_commit,
      pg_is_in_recovery() as read_only,
      current_setting('max_connections')::integer as connections_max,
      extract(epoch from clock_timestamp())::double precision * 1000 as now_ms`;
  assert(row !== undefined, "a select without from gives a row");
  return row;
}

export interface FleetFacts {
  readonly admin_keys: number;
  /** When the database got its first schema. */
  readonly since: Date;
  readonly last_backup: Date | null;
  readonly last_proof: Date | null;
  /** Active rigs that were not heard of since `silentBefore`. */
  readonly silent_rigs: number;
  readonly silent_rig: string | null;
  /** Active rigs whose clock is off by more than `clockOffS`. */
  readonly clock_off_rigs: number;
  readonly clock_off_rig: string | null;
}

export async function fleetFacts(
  sql: ISql,
  { silentBefore, clockOffS }: { readonly silentBefore: Date; readonly clockOffS: number },
): Promise<FleetFacts> {
  const [row] = await sql<FleetFacts[]>`
    select
      (select count(*) from hub_secrets where name = 'admin_key') as admin_keys,
      (select min(applied_at) from schema_compat) as since,
      (select max(at) from backup_log where kind = 'backup' and ok) as last_backup,
      (select max(at) from backup_log where kind = 'restore' and ok) as last_proof,
      (select count(*) from rigs where status <> 'revoked' and last_seen < ${silentBefore}) as silent_rigs,
      (select rig_id from rigs where status <> 'revoked' and last_seen < ${silentBefore}
        order by last_seen limit 1) as silent_rig,
      (select count(*) from rigs where status <> 'revoked' and abs(clock_offset_s) > ${clockOffS}) as clock_off_rigs,
      (select rig_id from rigs where status <> 'revoked' and abs(clock_offset_s) > ${clockOffS}
        order by abs(clock_offset_s) desc limit 1) as clock_off_rig`;
  assert(row !== undefined, "a select without from gives a row");
  return row;
}
