import type { ISql, JSONValue } from "postgres";
import type { EpisodeMetrics } from "../wire/episode.ts";
import type { Campaign, Category, OutcomeName, RiskLevel, Severity } from "../wire/vocabulary.ts";
import { countsOf } from "./daily-counts.ts";
import { heardIn, type HeardRig } from "./heard-rigs.ts";
import { sparseMetrics } from "./key-metrics.ts";

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
  /** What the event says and no other column holds, its history window left out. */
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
  /** By the rig's clock, when its queue took the event and when it sent it; null where it does not tell. */
  readonly queued_at: Date | null;
  readonly sent_at: Date | null;
}

/**
 * Stores what is new and counts exactly that, in one statement, so that no count can miss its event. Returns the new
 * ids: rigs resend until they are acknowledged. An id may stand only once in `rows`, and the caller holds the locks of
 * `rigs`, which must name the rig of every row.
 */
export async function storeEvents(
  sql: ISql,
  group: {
    readonly rows: readonly EventRow[];
    readonly rigs: readonly HeardRig[];
    readonly at: Date;
    readonly shard: number;
  },
): Promise<Set<string>> {
  const { rows, rigs, at, shard } = group;
  if (rows.length === 0) return new Set();
  const values = rows.map((row) => parameters(sql, row));
  const stored = await sql<{ id: string }[]>`
    with stored as (
      insert into events ${sql(values)}
      on conflict (id) do nothing
      returning id, rig_id, timestamp, category, outcome, risk_level, campaign, depth
    ), change as (
      select *, 1 as events from stored
    ), ${countsOf(sql, shard)}, ${heardIn(sql, rigs, at)}
    select id from stored`;
  return new Set(stored.map(({ id }) => id));
}

const JSON_OID = 114;

/**
 * Objects are marked as JSON, which the client would refuse otherwise. The frame travels in base64: the client's own
 * form of bytes is hexadecimal, half as long again, and took 27 µs an event to write against 1.
 */
function parameters<T extends Pick<EventContent, "payload" | "key_metrics" | "frame">>(sql: ISql, row: T) {
  const frame = Buffer.from(row.frame.buffer, row.frame.byteOffset, row.frame.byteLength).toString("base64");
  return {
    ...row,
    payload: sql.json(row.payload as JSONValue),
    // As `json`, not `jsonb`: as written.
    key_metrics: sql.typed(sparseMetrics(row.key_metrics), JSON_OID),
    frame: sql`decode(${frame}, 'base64')`,
  };
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

/** The columns that the roll-up counts by, and those that an outcome changes. */
export interface LockedEvent {
  readonly id: string;
  readonly rig_id: string;
  readonly timestamp: Date;
  readonly category: Category;
  readonly risk_level: RiskLevel;
  readonly campaign: Campaign;
  readonly depth: number;
  readonly outcome: OutcomeName;
  readonly action_taken: string | null;
  readonly notes: string | null;
  readonly outcome_at: Date | null;
  /** When the answer that stands was given, by the rig; null where it did not tell. */
  readonly given_at: Date | null;
}

/** Lock the rig first: whoever writes both takes them in this order. */
export async function lockEvent(sql: ISql, id: string): Promise<LockedEvent | undefined> {
  const [row] = await sql<LockedEvent[]>`
    select id, rig_id, timestamp, category, risk_level, campaign, depth, outcome, action_taken, notes, outcome_at,
      (select given_at from outcome_log where event_id = events.id order by outcome_log.id desc limit 1) as given_at
    from events where id = ${id}
    for no key update`;
  return row;
}

/** Another body under the same id, chosen by a person, so it is held no longer; identity and time of arrival stay. */
export async function replaceContent(sql: ISql, id: string, content: EventContent): Promise<void> {
  await sql`
    update events set ${sql(parameters(sql, content))}, held = false, needs_curation = true, curation_error = null
    where id = ${id}`;
}

/** Hands a held event to curation. */
export async function releaseEvent(sql: ISql, id: string): Promise<void> {
  await sql`update events set held = false, needs_curation = true where id = ${id}`;
}
