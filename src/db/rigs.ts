import type { ISql } from "postgres";
import type { RigStatus } from "../wire/vocabulary.ts";
import { utcDay } from "./heard-rigs.ts";

/** What decides whether a key is good. */
export interface RigKeys {
  readonly rig_id: string;
  readonly status: RigStatus;
  readonly key_hash: Uint8Array;
  readonly previous_key_hash: Uint8Array | null;
  readonly previous_key_until: Date | null;
  readonly key_used_at: Date | null;
  readonly previous_key_used_at: Date | null;
}

export interface RigRow {
  readonly rig_id: string;
  readonly well_id: string;
  readonly field: string;
  readonly status: RigStatus;
  readonly registered_at: Date;
  readonly revoked_at: Date | null;
  readonly last_seen: Date | null;
  readonly last_sync: Date | null;
  readonly last_event_at: Date | null;
  readonly event_count: number;
  readonly synced_version: number | null;
  readonly clock_offset_s: number | null;
  readonly spoke_version: string | null;
  readonly dropped_events: number;
  readonly previous_key_until: Date | null;
}

/** One look by two unique indexes, whatever the key. */
export async function rigByKeyHash(sql: ISql, hash: Uint8Array): Promise<RigKeys | undefined> {
  const [row] = await sql<RigKeys[]>`
    select rig_id, status, key_hash, previous_key_hash, previous_key_until, key_used_at, previous_key_used_at
    from rigs where key_hash = ${hash} or previous_key_hash = ${hash}
    limit 1`;
  return row;
}

/**
 * Holds the rigs until the transaction ends: a revocation waits for it, or is seen by it. Locks are taken in the order
 * of the keys, and by a plain select, because an order inside a sub-select does not bind the locks.
 */
export async function lockRigs(sql: ISql, rigIds: readonly string[]): Promise<RigKeys[]> {
  if (rigIds.length === 0) return [];
  return sql<RigKeys[]>`
    select rig_id, status, key_hash, previous_key_hash, previous_key_until, key_used_at, previous_key_used_at
    from rigs where rig_id in ${sql(rigIds)}
    order by rig_id
    for no key update`;
}

/** A rig that is heard of is active, unless it is revoked. */
export async function touchRig(
  sql: ISql,
  { rigId, keyHash }: { readonly rigId: string; readonly keyHash: Uint8Array },
  at: Date,
): Promise<void> {
  await sql`
    with seen as (
      update rigs set
        last_seen = greatest(last_seen, ${at}),
        key_used_at = case when key_hash = ${keyHash} then greatest(key_used_at, ${at}) else key_used_at end,
        previous_key_used_at = case when previous_key_hash = ${keyHash}
          then greatest(previous_key_used_at, ${at}) else previous_key_used_at end,
        status = 'active'
      where rig_id = ${rigId} and status <> 'revoked'
      returning rig_id
    )
    insert into rig_days (rig_id, day, first_at, last_at)
    select rig_id, ${utcDay(sql, at)}, ${at}, ${at} from seen
    on conflict (rig_id, day) do update set last_at = greatest(rig_days.last_at, excluded.last_at)`;
}

/** Only those that are not locked by an upload, which would prove them active anyway. */
export async function setInactive(sql: ISql, unseenSince: Date): Promise<string[]> {
  const rows = await sql<{ rig_id: string }[]>`
    update rigs set status = 'inactive'
    where rig_id in (
      select rig_id from rigs
      where status = 'active' and coalesce(last_seen, registered_at) < ${unseenSince}
      for no key update skip locked)
    returning rig_id`;
  return rows.map(({ rig_id }) => rig_id);
}

/** Ordered by name. */
export async function rigRows(sql: ISql, limit: number): Promise<RigRow[]> {
  return sql<RigRow[]>`select ${columns(sql)} from rigs order by rig_id limit ${limit}`;
}

export async function rigRow(sql: ISql, rigId: string): Promise<RigRow | undefined> {
  const [row] = await sql<RigRow[]>`select ${columns(sql)} from rigs where rig_id = ${rigId}`;
  return row;
}

/** Everything but the hashes. */
function columns(sql: ISql) {
  return sql`
    rig_id, well_id, field, status, registered_at, revoked_at, last_seen, last_sync, last_event_at, event_count,
    synced_version, clock_offset_s, spoke_version, dropped_events, previous_key_until`;
}
