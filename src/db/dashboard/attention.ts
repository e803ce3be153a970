import type { ISql } from "postgres";
import { assert } from "../../base/assert.ts";

/** A count of a page stops here: "10,000+" says as much, and counting a million rows takes a second. */
export const PAGE_COUNT_MAX = 10_000;

export interface Attention {
  /** Without an answer, up to `PAGE_COUNT_MAX` each. */
  readonly critical_pending: number;
  readonly oldest_critical: Date | null;
  readonly high_pending: number;
  readonly quarantined: number;
  readonly oldest_quarantined: Date | null;
  /** Events that curation passed over until they change; up to `PAGE_COUNT_MAX`. */
  readonly uncurated: number;
  readonly last_run_at: Date | null;
  readonly last_run_error: string | null;
  readonly last_backup: Date | null;
  /** The last backup that was restored and compared. */
  readonly last_proof: Date | null;
}

/** What a person should look at, from partial indexes alone. */
export async function attention(sql: ISql): Promise<Attention> {
  const [row] = await sql<Attention[]>`
    select
      ${pending(sql, "Critical")} as critical_pending,
      (select min(timestamp) from events where outcome = 'Pending' and risk_level = 'Critical') as oldest_critical,
      ${pending(sql, "High")} as high_pending,
      waiting.entries as quarantined, waiting.oldest as oldest_quarantined,
      (select count(*) from (select from events where curation_error is not null
        limit ${PAGE_COUNT_MAX}) as failed) as uncurated,
      last_run.at as last_run_at, last_run.error as last_run_error,
      (select max(at) from backup_log where kind = 'backup' and ok) as last_backup,
      (select max(at) from backup_log where kind = 'restore' and ok) as last_proof
    from (select count(*) as entries, min(received_at) as oldest from quarantine where decision is null) as waiting
    left join (select finished_at as at, error from curation_runs where finished_at is not null
      order by started_at desc limit 1) as last_run on true`;
  assert(row !== undefined, "an aggregate gives a row");
  return row;
}

function pending(sql: ISql, risk: "Critical" | "High") {
  return sql`(select count(*) from (select from events where outcome = 'Pending' and risk_level = ${risk}
    limit ${PAGE_COUNT_MAX}) as waiting)`;
}
