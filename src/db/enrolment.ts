import type { ISql } from "postgres";

export interface Enrolment {
  readonly rig_id: string;
  readonly well_id: string;
  readonly field: string;
  readonly key_hash: Uint8Array;
  readonly registered_at: Date;
}

/** False when there is such a rig and it is not revoked; a revoked one comes back with the new key alone. */
export async function enrol(sql: ISql, rig: Enrolment): Promise<boolean> {
  const rows = await sql`
    insert into rigs ${sql(rig)}
    on conflict (rig_id) do update set
      well_id = excluded.well_id, field = excluded.field, key_hash = excluded.key_hash,
      previous_key_hash = null, previous_key_until = null, registered_at = excluded.registered_at,
      status = 'active', revoked_at = null
    where rigs.status = 'revoked'
    returning rig_id`;
  return rows.length === 1;
}

/** The caller holds the rig's lock. With `until` null the old key ends at once. */
export async function replaceKey(
  sql: ISql,
  rigId: string,
  key: { readonly hash: Uint8Array; readonly previousUntil: Date | null },
): Promise<void> {
  await sql`
    update rigs set
      previous_key_hash = case when ${key.previousUntil}::timestamptz is null then null else key_hash end,
      previous_key_until = ${key.previousUntil}, key_hash = ${key.hash}
    where rig_id = ${rigId}`;
}

/** When it was revoked by this call; undefined when it was before, or there is no such rig. */
export async function revoke(sql: ISql, rigId: string, at: Date): Promise<Date | undefined> {
  const [row] = await sql<{ revoked_at: Date }[]>`
    update rigs set status = 'revoked', revoked_at = ${at}
    where rig_id = ${rigId} and status <> 'revoked'
    returning revoked_at`;
  return row?.revoked_at;
}
