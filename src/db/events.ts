import type { ISql, JSONValue } from "postgres";
import type { EpisodeMetrics } from "../wire/episode.ts";
import type { Campaign, Category, OutcomeName, RiskLevel, Severity } from "../wire/vocabulary.ts";

/** What a body says of its event, as columns hold it. */
export interface EventContent {
  readonly well_id: string;
  readonly field: string;
  readonly campaign: Campaign;
  readonly risk_level: RiskLevel;
  readonly severity: Severity;
  readonly category: Category;
  readonly category_inferred: boolean;
  readonly depth: number;
  readonly timestamp: Date;
  readonly advisory_at: Date;
  readonly outcome: OutcomeName;
  readonly action_taken: string | null;
  readonly notes: string | null;
  readonly outcome_at: Date | null;
  /** The event without its history window. */
  readonly payload: Readonly<Record<string, unknown>>;
  readonly frame: Uint8Array;
  readonly digest: Uint8Array;
  readonly body_bytes: number;
  readonly snapshots: number;
  readonly situation: string;
  readonly key_metrics: EpisodeMetrics;
}

export interface EventRow extends EventContent {
  readonly id: string;
  readonly rig_id: string;
  readonly late: boolean;
  readonly held: boolean;
  readonly clock_offset_s: number | null;
  readonly received_at: Date;
}

/** Returns the ids that are new: rigs resend until they are acknowledged. An id may stand only once in `rows`. */
export async function insertEvents(sql: ISql, rows: readonly EventRow[]): Promise<Set<string>> {
  if (rows.length === 0) return new Set();
  const values = rows.map((row) => withJson(sql, row));
  const inserted = await sql<{ id: string }[]>`
    insert into events ${sql(values)}
    on conflict (id) do nothing
    returning id`;
  return new Set(inserted.map(({ id }) => id));
}

/** The client serialises by column type, but only what is marked as JSON may be an object. */
function withJson<T extends Pick<EventContent, "payload" | "key_metrics">>(sql: ISql, row: T) {
  return { ...row, payload: sql.json(row.payload as JSONValue), key_metrics: sql.json(row.key_metrics) };
}

export interface EventDigest {
  readonly id: string;
  readonly rig_id: string;
  readonly digest: Uint8Array;
}

export async function eventDigests(sql: ISql, ids: readonly string[]): Promise<EventDigest[]> {
  if (ids.length === 0) return [];
  return sql<EventDigest[]>`select id, rig_id, digest from events where id in ${sql(ids)}`;
}

export interface StoredBody {
  readonly rig_id: string;
  readonly outcome: OutcomeName;
  readonly action_taken: string | null;
  readonly notes: string | null;
  /** Whether a driller answered after the event was sent. */
  readonly outcome_recorded: boolean;
  readonly frame: Uint8Array;
  readonly digest: Uint8Array;
  readonly body_bytes: number;
  readonly received_at: Date;
}

export async function storedBody(sql: ISql, id: string): Promise<StoredBody | undefined> {
  const [row] = await sql<StoredBody[]>`
    select rig_id, outcome, action_taken, notes, frame, digest, body_bytes, received_at,
      exists (select from outcome_log where event_id = events.id) as outcome_recorded
    from events where id = ${id}`;
  return row;
}

export async function eventRig(sql: ISql, id: string): Promise<string | undefined> {
  const [row] = await sql<{ rig_id: string }[]>`select rig_id from events where id = ${id}`;
  return row?.rig_id;
}

/** The columns that the roll-up counts by, and those that an outcome changes. */
export interface LockedEvent {
  readonly id: string;
  readonly rig_id: string;
  readonly timestamp: Date;
  readonly category: Category;
  readonly risk_level: RiskLevel;
  readonly campaign: Campaign;
  readonly outcome: OutcomeName;
  readonly action_taken: string | null;
  readonly notes: string | null;
  readonly outcome_at: Date | null;
}

/** Lock the rig first: whoever writes both takes them in this order. */
export async function lockEvent(sql: ISql, id: string): Promise<LockedEvent | undefined> {
  const [row] = await sql<LockedEvent[]>`
    select id, rig_id, timestamp, category, risk_level, campaign, outcome, action_taken, notes, outcome_at
    from events where id = ${id}
    for no key update`;
  return row;
}

/** Another body under the same id, chosen by a person, so it is held no longer; identity and time of arrival stay. */
export async function replaceContent(sql: ISql, id: string, content: EventContent): Promise<void> {
  await sql`
    update events set ${sql(withJson(sql, content))}, held = false, needs_curation = true, curation_error = null
    where id = ${id}`;
}

/** Hands a held event to curation. */
export async function releaseEvent(sql: ISql, id: string): Promise<void> {
  await sql`update events set held = false, needs_curation = true where id = ${id}`;
}
