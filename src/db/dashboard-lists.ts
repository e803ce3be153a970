import type { ISql } from "postgres";
import type { Campaign, Category, OutcomeName, RiskLevel, Severity } from "../wire/vocabulary.ts";

export interface EventLineRow {
  readonly id: string;
  readonly rig_id: string;
  readonly well_id: string;
  readonly field: string;
  readonly campaign: Campaign;
  readonly risk_level: RiskLevel;
  readonly severity: Severity;
  readonly category: Category;
  readonly outcome: OutcomeName;
  readonly action_taken: string | null;
  readonly depth_ft: number;
  readonly timestamp: Date;
  readonly late: boolean;
  readonly held: boolean;
}

/** Undefined or absent: any. */
export interface EventFilters {
  readonly rig?: string | undefined;
  readonly category?: Category | undefined;
  readonly risk?: RiskLevel | undefined;
  readonly outcome?: OutcomeName | undefined;
  readonly campaign?: Campaign | undefined;
}

/** Behind it come older events, and of the same second those with a greater id. */
export interface EventPosition {
  readonly timestamp: Date;
  readonly id: string;
}

export interface EventsQuery {
  readonly filters: EventFilters;
  readonly after: EventPosition;
  readonly limit: number;
}

/** Newest first. */
export async function eventLines(sql: ISql, { filters, after, limit }: EventsQuery): Promise<EventLineRow[]> {
  const { rig = null, category = null, risk = null, outcome = null, campaign = null } = filters;
  // One rig's events have an index of their own, which a condition that may be null would keep from being used.
  const source = rig === null ? sql`true` : sql`rig_id = ${rig}`;
  return sql<EventLineRow[]>`
    select ${lineColumns(sql)} from events
    where ${source}
      and timestamp <= ${after.timestamp} and (timestamp < ${after.timestamp} or id > ${after.id})
      and (${category}::text is null or category = ${category})
      and (${risk}::text is null or risk_level = ${risk})
      and (${outcome}::text is null or outcome = ${outcome})
      and (${campaign}::text is null or campaign = ${campaign})
    order by timestamp desc, id
    limit ${limit}`;
}

function lineColumns(sql: ISql) {
  return sql`
    id, rig_id, well_id, field, campaign, risk_level, severity, category, outcome, action_taken, depth as depth_ft,
    timestamp, late, held`;
}

export interface EventDetailRow extends EventLineRow {
  readonly category_inferred: boolean;
  readonly advisory_at: Date;
  readonly notes: string | null;
  readonly outcome_at: Date | null;
  readonly received_at: Date;
  readonly clock_offset_s: number | null;
  readonly snapshots: number;
  readonly body_bytes: number;
  readonly episode_id: string | null;
  readonly needs_curation: boolean;
  readonly curation_error: string | null;
}

export async function eventDetailRow(sql: ISql, id: string): Promise<EventDetailRow | undefined> {
  const [row] = await sql<EventDetailRow[]>`
    select ${lineColumns(sql)}, category_inferred, advisory_at, notes, outcome_at, received_at, clock_offset_s,
      snapshots, body_bytes, episode_id, needs_curation, curation_error
    from events where id = ${id}`;
  return row;
}

export interface OutcomeLogRow {
  readonly outcome: OutcomeName;
  readonly action_taken: string | null;
  readonly notes: string | null;
  readonly received_at: Date;
}

/** Oldest first. */
export async function outcomeHistory(sql: ISql, eventId: string): Promise<OutcomeLogRow[]> {
  return sql<OutcomeLogRow[]>`
    select outcome, action_taken, notes, received_at from outcome_log where event_id = ${eventId} order by id`;
}
