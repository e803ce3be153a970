import type { ISql } from "postgres";
import type { Campaign, Category, OutcomeName, RiskLevel } from "../../wire/vocabulary.ts";
import type { ArchiveReason } from "../episodes.ts";

export interface EpisodeFactsRow {
  readonly id: string;
  readonly source_event_id: string;
  readonly rig_id: string;
  readonly time_zone: string;
  readonly well_id: string;
  readonly field: string;
  readonly category: Category;
  readonly category_inferred: boolean;
  readonly campaign: Campaign;
  readonly depth_min: number;
  readonly depth_max: number;
  readonly risk_level: RiskLevel;
  readonly outcome: OutcomeName;
  readonly action_taken: string | null;
  readonly resolution: string | null;
  readonly notes: string | null;
  readonly event_count: number;
  readonly detail: number;
  readonly diversity: number;
  readonly score: number;
  readonly scored_at: Date;
  readonly published_score: number;
  readonly situation: string;
  readonly timestamp: Date;
  readonly archived: boolean;
  readonly archived_reason: ArchiveReason | null;
  readonly archived_at: Date | null;
  readonly version: number;
  readonly body: string;
  readonly created_at: Date;
  readonly curated_at: Date;
}

/** Also of one that is archived. */
export async function episodeFacts(sql: ISql, id: string): Promise<EpisodeFactsRow | undefined> {
  const [row] = await sql<EpisodeFactsRow[]>`
    select e.id, e.source_event_id, e.rig_id, rigs.time_zone, e.well_id, e.field, e.category, e.category_inferred,
      e.campaign, e.depth_min, e.depth_max, e.risk_level, e.outcome, e.action_taken, e.resolution, e.notes,
      e.event_count, e.detail, e.diversity, e.score, e.scored_at, e.published_score, e.situation, e.timestamp,
      e.archived, e.archived_reason, e.archived_at, e.version, e.body, e.created_at, e.curated_at
    from episodes e join rigs on rigs.rig_id = e.rig_id
    where e.id = ${id}`;
  return row;
}

export interface MemberRow {
  readonly id: string;
  readonly timestamp: Date;
  readonly depth_ft: number;
  readonly risk_level: RiskLevel;
  readonly outcome: OutcomeName;
  readonly action_taken: string | null;
  readonly apart: boolean;
  /** Something changed that curation has not looked at yet. */
  readonly waits: boolean;
  /** When it was first taken in; null for the event that the episode is named after. */
  readonly merged_at: Date | null;
  readonly run_id: number | null;
}

/** The events that stand in an episode now, in the order in which they were grouped. */
export async function episodeMembers(sql: ISql, episodeId: string, limit: number): Promise<MemberRow[]> {
  return sql<MemberRow[]>`
    select e.id, e.timestamp, e.depth as depth_ft, e.risk_level, e.outcome, e.action_taken, e.apart,
      e.needs_curation as waits, m.merged_at, m.run_id
    from events e left join merge_audit m on m.episode_id = e.episode_id and m.event_id = e.id
    where e.episode_id = ${episodeId}
    order by e.timestamp, e.id collate "C"
    limit ${limit}`;
}

export interface FormerMemberRow {
  readonly id: string;
  readonly merged_at: Date;
  /** Where it stands now; null when it stands nowhere. */
  readonly episode_id: string | null;
  readonly apart: boolean;
}

/** Events that once were merged into it and stand elsewhere now, the newest merge first. */
export async function formerMembers(sql: ISql, episodeId: string, limit: number): Promise<FormerMemberRow[]> {
  return sql<FormerMemberRow[]>`
    select e.id, m.merged_at, e.episode_id, e.apart
    from merge_audit m join events e on e.id = m.event_id
    where m.episode_id = ${episodeId} and e.episode_id is distinct from m.episode_id
    order by m.merged_at desc, e.id
    limit ${limit}`;
}

export interface DivisionRow {
  readonly event_id: string;
  readonly at: Date;
  readonly actor: string;
  /** The episode that it was taken out of. */
  readonly episode_id: string | null;
}

/** Who took these events out of their episodes last, and when. */
export async function divisionsOf(sql: ISql, eventIds: readonly string[]): Promise<DivisionRow[]> {
  if (eventIds.length === 0) return [];
  return sql<DivisionRow[]>`
    select distinct on (target) target as event_id, at, actor, detail ->> 'episode_id' as episode_id
    from admin_audit
    where target = any(${[...eventIds]}::text[]) and action = 'episode.separate'
    order by target, at desc, id desc`;
}

export interface ChangeRow {
  readonly version: number;
  readonly kind: "created" | "changed" | "rescored" | "returned" | "archived" | "removed";
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
  readonly committed_at: Date | null;
  readonly run_id: number | null;
}

/** What each version changed of it, the newest first. */
export async function episodeChanges(sql: ISql, episodeId: string, limit: number): Promise<ChangeRow[]> {
  return sql<ChangeRow[]>`
    select c.version, c.kind, c.before, c.after, v.committed_at, v.run_id
    from library_changes c left join library_versions v on v.version = c.version
    where c.episode_id = ${episodeId}
    order by c.version desc
    limit ${limit}`;
}

export interface AlikeRow {
  readonly id: string;
  readonly situation: string;
  readonly campaign: Campaign;
}

/** The newest active episodes of a category: their fingerprints only. */
export async function newestOfCategory(sql: ISql, category: Category, limit: number): Promise<AlikeRow[]> {
  return sql<AlikeRow[]>`
    select id, situation, campaign from episodes
    where not archived and category = ${category}
    order by timestamp desc, id
    limit ${limit}`;
}

export interface AlikeDetailRow {
  readonly id: string;
  readonly rig_id: string;
  readonly time_zone: string;
  readonly timestamp: Date;
  readonly depth_min: number;
  readonly depth_max: number;
  readonly outcome: OutcomeName;
  readonly resolution: string | null;
  readonly published_score: number;
}

export async function alikeDetails(sql: ISql, ids: readonly string[]): Promise<AlikeDetailRow[]> {
  if (ids.length === 0) return [];
  return sql<AlikeDetailRow[]>`
    select e.id, e.rig_id, rigs.time_zone, e.timestamp, e.depth_min, e.depth_max, e.outcome, e.resolution,
      e.published_score
    from episodes e join rigs on rigs.rig_id = e.rig_id
    where e.id = any(${[...ids]}::text[])`;
}

/** What became of an episode that is not there: why rigs forgot it, and where the event that named it stands. */
export interface GoneRow {
  readonly reason: string | null;
  readonly buried_at: Date | null;
  readonly episode_id: string | null;
}

export async function goneEpisode(sql: ISql, id: string, eventId: string): Promise<GoneRow | undefined> {
  const [row] = await sql<GoneRow[]>`
    select t.reason, t.buried_at, e.episode_id
    from (select ${id}::text as id) asked
    left join tombstones t on t.episode_id = asked.id
    left join events e on e.id = ${eventId}`;
  return row;
}

/** When the schedule last ran, whichever hub's it was. */
export async function lastScheduledRun(sql: ISql): Promise<Date | undefined> {
  const [row] = await sql<{ started_at: Date }[]>`
    select started_at from curation_runs where cause = 'schedule' order by started_at desc limit 1`;
  return row?.started_at;
}
