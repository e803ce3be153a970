import type { ISql } from "postgres";

/** What a rig told of a release that did not come to stay. */
export interface UpgradeFailure {
  readonly version: string;
  readonly reason: string;
}

/** Keeps the newest; false when the rig had told just that already. */
export async function noteUpgradeFailure(
  sql: ISql,
  rigId: string,
  { version, reason }: UpgradeFailure,
  at: Date,
): Promise<boolean> {
  const noted = await sql`
    insert into rig_upgrade_failures as known (rig_id, version, reason, told_at)
    values (${rigId}, ${version}, ${reason}, ${at})
    on conflict (rig_id) do update set version = ${version}, reason = ${reason}, told_at = ${at}
    where known.version <> ${version} or known.reason <> ${reason}`;
  return noted.count > 0;
}

/** The rig asks and tells of no failure: it is over. */
export async function forgetUpgradeFailure(sql: ISql, rigId: string): Promise<void> {
  await sql`delete from rig_upgrade_failures where rig_id = ${rigId}`;
}
