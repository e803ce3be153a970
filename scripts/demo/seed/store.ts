import type { Sql, TransactionSql } from "postgres";
import { Fault } from "../../../src/base/fault.ts";
import { countsOf } from "../../../src/db/daily-counts.ts";
import type { EventRow } from "../../../src/db/events.ts";
import { sparseMetrics } from "../../../src/db/key-metrics.ts";
import { byteText, followNumbers, insertRows } from "./bulk.ts";
import type { MadeEvent } from "./event-rows.ts";
import type { KeptEntry } from "./kept-aside.ts";

/** As though two hubs had counted. */
const SHARDS_USED = 2;
const KEYS_FILLED_AT_RANDOM = ["events_pkey", "merge_audit_pkey", "outcome_log_pkey", "library_changes_pkey"] as const;

/** Faults: `config` when anything is stored already: demo data never mixes with a fleet's own. */
export async function refuseNonEmpty(sql: Sql): Promise<void> {
  const [found] = await sql<{ rigs: boolean; events: boolean }[]>`
    select exists (select from rigs) as rigs, exists (select from events) as events`;
  if (found?.rigs === false && !found.events) return;
  throw new Fault(
    "config",
    "the database holds a fleet already, or a seed that was cut off",
    "give an empty one: another data directory, or drop the database and create it again",
  );
}

export interface PlacedEvent {
  readonly row: EventRow & { readonly queued_at?: Date | null; readonly sent_at?: Date | null };
  /** Null while it is held. */
  readonly episode_id: string | null;
}

export async function storeEventRows(tx: TransactionSql, events: readonly PlacedEvent[]): Promise<void> {
  const rows = events.map(({ row, episode_id }) => ({
    ...row,
    queued_at: row.queued_at ?? null,
    sent_at: row.sent_at ?? null,
    frame: byteText(row.frame),
    digest: byteText(row.digest),
    key_metrics: sparseMetrics(row.key_metrics),
    episode_id,
    needs_curation: episode_id === null,
  }));
  await insertRows(tx, { table: "events", rows });
}

export async function storeAnswers(tx: TransactionSql, events: readonly MadeEvent[]): Promise<void> {
  const rows = events.flatMap(({ row, answers }) =>
    answers.map(({ outcome, action_taken, notes, atMs }) => ({
      event_id: row.id,
      outcome,
      action_taken,
      notes,
      received_at: new Date(atMs),
      given_by: row.sent_at === null ? null : "driller",
      given_at: row.sent_at === null ? null : new Date(atMs - 4000),
    })),
  );
  await insertRows(tx, { table: "outcome_log", rows });
}

export async function storeKept(tx: TransactionSql, entries: readonly KeptEntry[]): Promise<void> {
  const rows = entries.map((entry) => ({
    ...entry,
    digest: byteText(entry.digest),
    frame: entry.frame === null ? null : byteText(entry.frame),
  }));
  await insertRows(tx, { table: "quarantine", rows });
}

/** The counts of all events, by the statement that ingest counts with. */
export async function countAll(tx: TransactionSql): Promise<void> {
  for (let shard = 0; shard < SHARDS_USED; shard++) {
    await tx`
      with change as materialized (
        select rig_id, timestamp, category, outcome, risk_level, campaign, depth, 1 as events
        from events where abs(hashtext(rig_id)) % ${SHARDS_USED} = ${shard}
      ), ${countsOf(tx, shard)}
      select count(*) from counted_by_depth`;
  }
}

export interface RigStamp {
  readonly rig_id: string;
  readonly last_sync: string | null;
  readonly synced_version: number | null;
  readonly confirmed_version: number | null;
  readonly confirmed_at: string | null;
}

/** What the rigs' own rows say of their events and syncs. */
export async function stampRigs(tx: TransactionSql, stamps: readonly RigStamp[]): Promise<void> {
  await tx`
    update rigs set
      event_count = coalesce(sent.events, 0), last_event_at = sent.last_at,
      last_seen = greatest(last_seen, sent.last_at), last_sync = stamp.last_sync,
      synced_version = stamp.synced_version, confirmed_version = stamp.confirmed_version,
      confirmed_at = stamp.confirmed_at
    from jsonb_to_recordset(${JSON.stringify(stamps)}::text::jsonb) as stamp (
        rig_id text, last_sync timestamptz, synced_version bigint, confirmed_version bigint, confirmed_at timestamptz)
      left join (
        select rig_id, count(*) as events, max(received_at) as last_at from events group by rig_id) sent using (rig_id)
    where rigs.rig_id = stamp.rig_id`;
}

export async function storeLibraryState(tx: TransactionSql, floor: number, versions: number): Promise<void> {
  await tx`update library_state set tombstone_floor = ${floor}`;
  await tx`select setval('library_version_seq', ${Math.max(1, versions)}::bigint, ${versions > 0})`;
  await followNumbers(tx, "curation_runs");
}

/** Bloat and missing statistics would change what is measured over the seed by a factor of three. */
export async function settleTables(sql: Sql): Promise<void> {
  const one = await sql.reserve();
  try {
    await one`set statement_timeout = 0`;
    // Keys that filled in the order of arrival have half-empty pages; a fleet's own fill up in its second year.
    for (const index of KEYS_FILLED_AT_RANDOM) await one`reindex index ${one(index)}`;
    await one`vacuum (analyze)`;
    await one`checkpoint`;
  } finally {
    await one`reset statement_timeout`;
    one.release();
  }
}
