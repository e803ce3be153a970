import type { ISql, TransactionSql } from "postgres";

/** Any number will do, as long as every hub of every version takes the same. */
const LIBRARY_LOCK = 7_300_042;

/**
 * Makes this transaction the only one that changes the library, until it ends. Writers of episodes and tombstones take
 * it before they look at what they change, so that they never wait for each other's rows, and versions commit in order.
 */
export async function lockLibrary(tx: TransactionSql): Promise<void> {
  await tx`select pg_advisory_xact_lock(${LIBRARY_LOCK})`;
}

export interface VersionEntry {
  readonly at: Date;
  /** The run that made it; null when it was not a run. */
  readonly runId: number | null;
  /** Episodes that rigs get, and ids that they must forget. */
  readonly changed: number;
  readonly removed: number;
}

/** The next version, visible to nobody before the transaction commits, and before any later one. */
export async function takeVersion(tx: TransactionSql, entry: VersionEntry): Promise<number> {
  await lockLibrary(tx);
  const [row] = await tx<{ version: number }[]>`
    insert into library_versions (version, committed_at, run_id, changed, removed)
    values (nextval('library_version_seq'), ${entry.at}, ${entry.runId}, ${entry.changed}, ${entry.removed})
    returning version`;
  return row?.version ?? 0;
}

/** 0 before the library was first changed. */
export async function currentVersion(sql: ISql): Promise<number> {
  const [row] = await sql<{ version: number }[]>`
    select coalesce(max(version), 0) as version from library_versions`;
  return row?.version ?? 0;
}
