import type { ISql } from "postgres";

export interface CurationFailure {
  readonly event_id: string;
  readonly error: string;
}

/** Events that a run passed over. */
export async function recordFailures(
  sql: ISql,
  failures: readonly CurationFailure[],
  { runId, at }: { readonly runId: number | null; readonly at: Date },
): Promise<void> {
  if (failures.length === 0) return;
  await sql`insert into curation_failures ${sql(failures.map((row) => ({ ...row, run_id: runId, failed_at: at })))}`;
}

/** The oldest of them, `limit` at most. Returns how many are gone. */
export async function deleteFailuresBefore(sql: ISql, before: Date, limit: number): Promise<number> {
  const rows = await sql`
    delete from curation_failures where id in (
      select id from (select id, failed_at from curation_failures order by id limit ${limit}) as oldest
      where failed_at < ${before})
    returning id`;
  return rows.length;
}
