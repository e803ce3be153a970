import type { ISql } from "postgres";

export type CurationCause = "arrival" | "schedule" | "request";

export interface CurationCounts {
  readonly events_read: number;
  readonly episodes_created: number;
  readonly episodes_changed: number;
  readonly events_merged: number;
  readonly episodes_rescored: number;
  readonly episodes_archived: number;
  readonly events_failed: number;
  /** The newest library version that the run made; null when it changed nothing. */
  readonly version: number | null;
}

/** A run whose `finished_at` is null goes on, or its hub died. */
export interface CurationRun extends CurationCounts {
  readonly id: number;
  readonly cause: CurationCause;
  readonly started_at: Date;
  readonly finished_at: Date | null;
  readonly duration_ms: number | null;
  readonly error: string | null;
}

export async function startRun(sql: ISql, cause: CurationCause, at: Date): Promise<number> {
  const [row] = await sql<{ id: number }[]>`
    insert into curation_runs (cause, started_at) values (${cause}, ${at}) returning id`;
  return row?.id ?? 0;
}

export interface RunEnd extends CurationCounts {
  readonly finished_at: Date;
  readonly duration_ms: number;
  readonly error: string | null;
}

export async function finishRun(sql: ISql, id: number, end: RunEnd): Promise<CurationRun[]> {
  return sql<CurationRun[]>`update curation_runs set ${sql(end)} where id = ${id} returning *`;
}

/** Newest first. */
export async function recentRuns(sql: ISql, limit: number): Promise<CurationRun[]> {
  return sql<CurationRun[]>`select * from curation_runs order by started_at desc, id desc limit ${limit}`;
}

/** Returns how many are gone. The newest stays, whatever its age: it says when curation last ran. */
export async function deleteRunsBefore(sql: ISql, before: Date): Promise<number> {
  const rows = await sql`
    delete from curation_runs
    where started_at < ${before} and id <> (select max(id) from curation_runs)
    returning id`;
  return rows.length;
}
