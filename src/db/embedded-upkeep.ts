import type { Sql } from "postgres";
import type { Clock } from "../base/clock.ts";
import { MIB } from "../base/limits.ts";

const LOOK_EVERY_MS = 15_000;
/** Replayed in about 0.2 s after a kill. */
const WAL_MAX = 48 * MIB;
/** PostgreSQL's own thresholds for its autovacuum. */
const DEAD_MIN = 50;
const DEAD_SHARE = 0.2;
const CHANGED_SHARE = 0.1;

/**
 * The embedded engine is a single process: it has no checkpointer and no autovacuum. Without this its WAL grew to
 * 1.7 GB under load, and opening it after a kill took 5 s. Returns when the signal aborts.
 */
export async function keepUp(sql: Sql, clock: Clock, signal: AbortSignal): Promise<void> {
  for (;;) {
    await clock.sleep(LOOK_EVERY_MS, signal);
    if (signal.aborted) return;
    await checkpointWhenDue(sql);
    await vacuumWhenDue(sql);
  }
}

export async function checkpointWhenDue(sql: Sql, maxBytes = WAL_MAX): Promise<boolean> {
  const [wal] = await sql<{ bytes: number }[]>`
    select pg_wal_lsn_diff(pg_current_wal_insert_lsn(), redo_lsn)::bigint as bytes from pg_control_checkpoint()`;
  if (wal === undefined || wal.bytes < maxBytes) return false;
  await sql`checkpoint`;
  return true;
}

/** Returns the tables it vacuumed. */
export async function vacuumWhenDue(sql: Sql): Promise<string[]> {
  const due = await sql<{ name: string }[]>`
    select relid::regclass::text as name
    from pg_stat_user_tables
    join pg_class on pg_class.oid = relid
    where n_dead_tup > ${DEAD_MIN} + ${DEAD_SHARE} * greatest(reltuples, 0)
      or n_mod_since_analyze > ${DEAD_MIN} + ${CHANGED_SHARE} * greatest(reltuples, 0)
    order by name`;
  for (const { name } of due) await sql.unsafe(`vacuum (analyze) ${name}`);
  return due.map(({ name }) => name);
}
