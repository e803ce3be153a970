import type { ISql } from "postgres";
import type { Campaign, Category, OutcomeName, RiskLevel, Severity } from "../wire/vocabulary.ts";

interface EpisodeLineRow {
  readonly id: string;
  readonly rig_id: string;
  readonly category: Category;
  readonly campaign: Campaign;
  readonly depth_min: number;
  readonly depth_max: number;
  readonly risk_level: RiskLevel;
  readonly severity: Severity;
  readonly outcome: OutcomeName;
  readonly resolution: string | null;
  readonly event_count: number;
  /** As rigs see it. */
  readonly score: number;
  readonly timestamp: Date;
  readonly version: number;
}

function lineColumns(sql: ISql) {
  return sql`
    id, rig_id, category, campaign, depth_min, depth_max, risk_level, severity, outcome, resolution, event_count,
    published_score as score, timestamp, version`;
}

export interface EpisodeDetailRow extends EpisodeLineRow {
  readonly source_event_id: string;
  readonly well_id: string;
  readonly field: string;
  readonly category_inferred: boolean;
  readonly action_taken: string | null;
  readonly notes: string | null;
  readonly detail: number;
  readonly diversity: number;
  /** As it was last reckoned; `score` follows when the difference matters. */
  readonly exact_score: number;
  readonly scored_at: Date;
  readonly archived: boolean;
  readonly archived_reason: string | null;
  readonly archived_at: Date | null;
  readonly created_at: Date;
  readonly curated_at: Date;
  /** Its JSON as rigs get it. */
  readonly body: string;
}

/** Also of one that is archived. */
export async function episodeDetailRow(sql: ISql, id: string): Promise<EpisodeDetailRow | undefined> {
  const [row] = await sql<EpisodeDetailRow[]>`
    select ${lineColumns(sql)}, source_event_id, well_id, field, category_inferred, action_taken, notes, detail,
      diversity, score as exact_score, scored_at, archived, archived_reason, archived_at, created_at, curated_at, body
    from episodes where id = ${id}`;
  return row;
}

export interface MergedEventRow {
  readonly event_id: string;
  readonly delta_depth_ft: number;
  readonly delta_s: number;
  readonly outcome: OutcomeName;
  readonly merged_at: Date;
}

/** Oldest merge first. */
export async function mergedEvents(sql: ISql, episodeId: string): Promise<MergedEventRow[]> {
  return sql<MergedEventRow[]>`
    select event_id, delta_depth_ft, delta_s, outcome, merged_at
    from merge_audit where episode_id = ${episodeId} order by merged_at, event_id`;
}
