import type { ISql } from "postgres";
import type { RigStatus } from "../wire/vocabulary.ts";

/** A rig as it is enrolled. */
export interface EnrolledRig {
  readonly rig_id: string;
  readonly well_id: string;
  readonly field: string;
  readonly time_zone: string;
  readonly key_hash: Uint8Array;
  readonly registered_at: Date;
}

/**
 * False when there is such a rig and it is not revoked; a revoked one comes back with the new key alone, and what the
 * one before told of itself is forgotten. With `unheard` a rig that never showed its key is replaced too: its key was
 * lost on the way.
 */
export async function enrol(sql: ISql, rig: EnrolledRig, { unheard }: { readonly unheard: boolean }): Promise<boolean> {
  const rows = await sql`
    insert into rigs ${sql({ ...rig, key_issued_at: rig.registered_at })}
    on conflict (rig_id) do update set
      well_id = excluded.well_id, field = excluded.field, time_zone = excluded.time_zone, key_hash = excluded.key_hash,
      previous_key_hash = null, previous_key_until = null, registered_at = excluded.registered_at,
      key_issued_at = excluded.key_issued_at, key_used_at = null, previous_key_used_at = null,
      confirmed_version = null, confirmed_at = null,
      queue_events = null, queue_oldest_at = null, queue_worst = null, queue_told_at = null,
      status = 'active', revoked_at = null, revoke_reason = null
    where rigs.status = 'revoked' or (${unheard} and ${neverHeard(sql)})
    returning rig_id`;
  return rows.length === 1;
}

export interface RigStanding {
  readonly status: RigStatus;
  readonly well_id: string;
  readonly field: string;
  readonly revoked_at: Date | null;
  readonly revoke_reason: string | null;
  readonly key_issued_at: Date | null;
  readonly key_used_at: Date | null;
  readonly previous_key_until: Date | null;
  readonly previous_key_used_at: Date | null;
  /** Its key was given out and never shown here. */
  readonly unheard: boolean;
}

export async function rigStanding(sql: ISql, rigId: string): Promise<RigStanding | undefined> {
  const [row] = await sql<RigStanding[]>`
    select status, well_id, field, revoked_at, revoke_reason, key_issued_at, key_used_at, previous_key_until,
      previous_key_used_at, ${neverHeard(sql)} as unheard
    from rigs where rig_id = ${rigId}`;
  return row;
}

/** The caller holds the rig's lock. With `until` null the old key ends at once. */
export async function replaceKey(
  sql: ISql,
  rigId: string,
  key: { readonly hash: Uint8Array; readonly issuedAt: Date; readonly previousUntil: Date | null },
): Promise<void> {
  await sql`
    update rigs set
      previous_key_hash = case when ${key.previousUntil}::timestamptz is null then null else key_hash end,
      previous_key_until = ${key.previousUntil}, key_hash = ${key.hash},
      previous_key_used_at = case when ${key.previousUntil}::timestamptz is null then null else key_used_at end,
      key_issued_at = ${key.issuedAt}, key_used_at = null
    where rig_id = ${rigId}`;
}

/** The caller holds the rig's lock. */
export async function dropPreviousKey(sql: ISql, rigId: string): Promise<void> {
  await sql`
    update rigs set previous_key_hash = null, previous_key_until = null, previous_key_used_at = null
    where rig_id = ${rigId}`;
}

/** When it was revoked by this call; undefined when it was before, or there is no such rig. */
export async function revoke(
  sql: ISql,
  rigId: string,
  { at, reason }: { readonly at: Date; readonly reason: string | null },
): Promise<Date | undefined> {
  const [row] = await sql<{ revoked_at: Date }[]>`
    update rigs set status = 'revoked', revoked_at = ${at}, revoke_reason = ${reason}
    where rig_id = ${rigId} and status <> 'revoked'
    returning revoked_at`;
  return row?.revoked_at;
}

function neverHeard(sql: ISql) {
  return sql`(rigs.last_seen is null or rigs.last_seen < rigs.registered_at)`;
}
