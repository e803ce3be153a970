import type { ISql, TransactionSql } from "postgres";
import type { EpisodeMetrics } from "../wire/episode.ts";
import type { Campaign, Category, OutcomeName, RiskLevel, Severity } from "../wire/vocabulary.ts";
import { differing, shownFields } from "./library-changes.ts";

/** What an episode says, as its events give it. */
export interface EpisodeContent {
  readonly id: string;
  readonly source_event_id: string;
  readonly rig_id: string;
  readonly well_id: string;
  readonly field: string;
  readonly category: Category;
  readonly category_inferred: boolean;
  readonly campaign: Campaign;
  readonly depth_min: number;
  readonly depth_max: number;
  readonly risk_level: RiskLevel;
  readonly severity: Severity;
  readonly outcome: OutcomeName;
  readonly action_taken: string | null;
  readonly resolution: string;
  readonly notes: string | null;
  readonly event_count: number;
  readonly detail: number;
  readonly key_metrics: EpisodeMetrics;
  readonly situation: string;
  readonly timestamp: Date;
}

/** Why an episode left the library: the pruning rules. */
export type ArchiveReason = "age" | "false_positive" | "capacity";

export interface EpisodeState {
  readonly diversity: number;
  readonly score: number;
  readonly scored_at: Date;
  readonly published_score: number;
  readonly archived: boolean;
  readonly archived_reason: ArchiveReason | null;
  readonly archived_at: Date | null;
  readonly version: number;
  readonly body: string;
  readonly created_at: Date;
  readonly curated_at: Date;
}

export type EpisodeRow = EpisodeContent & EpisodeState;

/** What curation compares a rebuilt episode with. */
export type KnownEpisode = Pick<EpisodeContent, "id" | "rig_id" | "detail"> &
  Pick<
    EpisodeState,
    "published_score" | "archived" | "archived_reason" | "archived_at" | "version" | "body" | "created_at"
  >;

export async function knownEpisodes(sql: ISql, ids: readonly string[]): Promise<KnownEpisode[]> {
  return sql<KnownEpisode[]>`
    select id, rig_id, detail, published_score, archived, archived_reason, archived_at, version, body, created_at
    from episodes where id = any(${[...ids]}::text[])`;
}

/**
 * Inserts or replaces, whole; only the time of creation stays. What is in the library afterwards is noted with its
 * version, and with what it was before. The caller holds the library's lock.
 */
export async function writeEpisodes(tx: TransactionSql, rows: readonly EpisodeRow[]): Promise<void> {
  if (rows.length === 0) return;
  await tx`
    with given as materialized (
      select * from jsonb_populate_recordset(null::episodes, ${JSON.stringify(rows)}::text::jsonb)
    ), known as materialized (
      select id, archived, ${shownFields(tx, "episodes")} as fields
      from episodes where id in (select id from given)
    ), written as (
      insert into episodes (
          id, source_event_id, rig_id, well_id, field, category, category_inferred, campaign, depth_min, depth_max,
          risk_level, severity, outcome, action_taken, resolution, notes, event_count, detail, diversity, score, scored_at,
          published_score, key_metrics, situation, timestamp, archived, archived_reason, archived_at, version, body,
          created_at, curated_at)
      select
          id, source_event_id, rig_id, well_id, field, category, category_inferred, campaign, depth_min, depth_max,
          risk_level, severity, outcome, action_taken, resolution, notes, event_count, detail, diversity, score, scored_at,
          published_score, key_metrics, situation, timestamp, archived, archived_reason, archived_at, version, body,
          created_at, curated_at
      from given
      on conflict (id) do update set
        rig_id = excluded.rig_id, well_id = excluded.well_id, field = excluded.field, category = excluded.category,
        category_inferred = excluded.category_inferred, campaign = excluded.campaign,
        depth_min = excluded.depth_min, depth_max = excluded.depth_max,
        risk_level = excluded.risk_level, severity = excluded.severity,
        outcome = excluded.outcome, action_taken = excluded.action_taken, resolution = excluded.resolution,
        notes = excluded.notes, event_count = excluded.event_count,
        detail = excluded.detail, diversity = excluded.diversity, score = excluded.score, scored_at = excluded.scored_at,
        published_score = excluded.published_score, key_metrics = excluded.key_metrics,
        situation = excluded.situation, timestamp = excluded.timestamp,
        archived = excluded.archived, archived_reason = excluded.archived_reason, archived_at = excluded.archived_at,
        version = excluded.version, body = excluded.body, curated_at = excluded.curated_at
    ), shown as (
      select id, version, ${shownFields(tx, "given")} as fields from given where not archived
    )
    insert into library_changes (version, episode_id, kind, before, after)
    select shown.version, shown.id,
      case when known.id is null then 'created' when known.archived then 'returned' else 'changed' end,
      case when not known.archived then ${differing(tx, "known", "shown")} end,
      case when not known.archived then ${differing(tx, "shown", "known")} else shown.fields end
    from shown left join known using (id)`;
}

export interface Tombstone {
  readonly episode_id: string;
  readonly rig_id: string;
  readonly version: number;
  /** An `ArchiveReason`, or `merged`: its events stand in another episode now. */
  readonly reason: ArchiveReason | "merged";
  readonly buried_at: Date;
}

/** Rigs will be told to forget them. The caller holds the library's lock. */
export async function buryEpisodes(tx: TransactionSql, tombstones: readonly Tombstone[]): Promise<void> {
  if (tombstones.length === 0) return;
  await tx`
    insert into tombstones (episode_id, rig_id, version, reason, buried_at)
    select episode_id, rig_id, version, reason, buried_at
    from jsonb_populate_recordset(null::tombstones, ${JSON.stringify(tombstones)}::text::jsonb)
    on conflict (episode_id) do update set
      version = excluded.version, reason = excluded.reason, buried_at = excluded.buried_at`;
}

/** They are in the library again. */
export async function unburyEpisodes(tx: TransactionSql, ids: readonly string[]): Promise<void> {
  await tx`delete from tombstones where episode_id = any(${[...ids]}::text[])`;
}

export async function deleteEpisodes(tx: TransactionSql, ids: readonly string[]): Promise<void> {
  if (ids.length === 0) return;
  await tx`delete from episodes where id = any(${[...ids]}::text[])`;
}

export interface MergeRow {
  readonly episode_id: string;
  readonly event_id: string;
  readonly delta_depth_ft: number;
  readonly delta_s: number;
  readonly outcome: OutcomeName;
  readonly merged_at: Date;
  readonly run_id: number | null;
}

/** Returns how many are new: an event merges into an episode once, however often that is rebuilt. */
export async function recordMerges(tx: TransactionSql, merges: readonly MergeRow[]): Promise<number> {
  if (merges.length === 0) return 0;
  const rows = await tx`
    insert into merge_audit (episode_id, event_id, delta_depth_ft, delta_s, outcome, merged_at, run_id)
    select episode_id, event_id, delta_depth_ft, delta_s, outcome, merged_at, run_id
    from jsonb_populate_recordset(null::merge_audit, ${JSON.stringify(merges)}::text::jsonb)
    on conflict (episode_id, event_id) do nothing
    returning event_id`;
  return rows.length;
}

/** Active episodes by category and rig, from an index alone. */
export async function episodeCounts(sql: ISql): Promise<{ category: Category; rig_id: string; episodes: number }[]> {
  return sql<{ category: Category; rig_id: string; episodes: number }[]>`
    select category, rig_id, count(*) as episodes from episodes where not archived group by category, rig_id`;
}
