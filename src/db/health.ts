import type { ISql } from "postgres";
import { assert } from "../base/assert.ts";

/** Backlog is counted so far: above it "more than" is enough to know, and a count of everything takes seconds. */
export const BACKLOG_COUNT_MAX = 10_000;

export interface HealthFacts {
  readonly library_version: number;
  /** End of the last curation run without an error. */
  readonly last_success: Date | null;
  /** Of the last run that ended. */
  readonly last_error: string | null;
  /** At most `BACKLOG_COUNT_MAX`. */
  readonly backlog: number;
  /** When the oldest of the backlog came, or was answered by its driller. */
  readonly backlog_since: Date | null;
  readonly quarantined: number;
}

/** Rejects when the database does not answer. */
export async function reachable(sql: ISql): Promise<void> {
  await sql`select 1`;
}

export async function healthFacts(sql: ISql): Promise<HealthFacts> {
  const [row] = await sql<HealthFacts[]>`
    with waiting as (
      select received_at, outcome_at from events
      where needs_curation and not held
      order by received_at
      limit ${BACKLOG_COUNT_MAX}
    )
    select
      coalesce((select max(version) from library_versions), 0) as library_version,
      (select finished_at from curation_runs where finished_at is not null and error is null
        order by started_at desc limit 1) as last_success,
      (select error from curation_runs where finished_at is not null order by started_at desc limit 1) as last_error,
      (select count(*) from waiting) as backlog,
      (select min(greatest(received_at, outcome_at)) from waiting) as backlog_since,
      (select count(*) from quarantine where decision is null) as quarantined`;
  assert(row !== undefined, "a select without from gives a row");
  return row;
}
