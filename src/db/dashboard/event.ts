import type { ISql, TransactionSql } from "postgres";
import type { Campaign, Category, OutcomeName, RiskLevel, Severity } from "../../wire/vocabulary.ts";

export interface EventFactsRow {
  readonly id: string;
  readonly rig_id: string;
  readonly time_zone: string;
  readonly well_id: string;
  readonly field: string;
  readonly campaign: Campaign;
  readonly risk_level: RiskLevel;
  readonly severity: Severity;
  readonly category: Category;
  readonly category_inferred: boolean;
  readonly outcome: OutcomeName;
  readonly action_taken: string | null;
  readonly notes: string | null;
  readonly outcome_at: Date | null;
  readonly depth_ft: number;
  /** The event's own time and its advisory's, both by the rig's clock. */
  readonly timestamp: Date;
  readonly advisory_at: Date;
  readonly received_at: Date;
  readonly clock_offset_s: number | null;
  readonly late: boolean;
  readonly held: boolean;
  readonly apart: boolean;
  readonly snapshots: number;
  readonly body_bytes: number;
  readonly needs_curation: boolean;
  readonly curation_error: string | null;
  readonly episode_id: string | null;
  /** Of its episode; null while it has none. */
  readonly episode_events: number | null;
  readonly episode_score: number | null;
  readonly episode_archived: boolean | null;
  /** The event that names the episode. */
  readonly episode_source: string | null;
}

export async function eventFacts(sql: ISql, id: string): Promise<EventFactsRow | undefined> {
  const [row] = await sql<EventFactsRow[]>`
    select e.id, e.rig_id, rigs.time_zone, e.well_id, e.field, e.campaign, e.risk_level, e.severity, e.category,
      e.category_inferred, e.outcome, e.action_taken, e.notes, e.outcome_at, e.depth as depth_ft, e.timestamp,
      e.advisory_at, e.received_at, e.clock_offset_s, e.late, e.held, e.apart, e.snapshots, e.body_bytes,
      e.needs_curation, e.curation_error, e.episode_id, episodes.event_count as episode_events,
      episodes.published_score as episode_score, episodes.archived as episode_archived,
      episodes.source_event_id as episode_source
    from events e
    join rigs on rigs.rig_id = e.rig_id
    left join episodes on episodes.id = e.episode_id
    where e.id = ${id}`;
  return row;
}

export interface EventTwinRow {
  readonly id: number;
  readonly reason: string;
  readonly decision: string | null;
}

/** What the quarantine has, or had, under this event's id; the newest first. */
export async function eventTwins(sql: ISql, eventId: string, limit: number): Promise<EventTwinRow[]> {
  return sql<EventTwinRow[]>`
    select id, reason, decision from quarantine where event_id = ${eventId} order by id desc limit ${limit}`;
}

/** Ids of the rig's events on both sides of a time, the nearest of each side first. */
export async function eventsAround(sql: ISql, rigId: string, at: Date, each: number): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    (select id from events where rig_id = ${rigId} and timestamp >= ${at} order by timestamp, id limit ${each})
    union all
    (select id from events where rig_id = ${rigId} and timestamp < ${at} order by timestamp desc, id limit ${each})`;
  return rows.map(({ id }) => id);
}

export interface CurationMark {
  readonly held: boolean;
  readonly needs_curation: boolean;
  readonly curation_error: string | null;
}

/** Waits for a batch that has the event. */
export async function lockCurationMark(tx: TransactionSql, id: string): Promise<CurationMark | undefined> {
  const [row] = await tx<CurationMark[]>`
    select held, needs_curation, curation_error from events where id = ${id} for no key update`;
  return row;
}

/** The next curation reads the event and its session again. */
export async function markForCuration(tx: TransactionSql, id: string): Promise<void> {
  await tx`update events set needs_curation = true, curation_error = null where id = ${id}`;
}
