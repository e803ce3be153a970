import type { ISql, TransactionSql } from "postgres";
import type { EpisodeMetrics } from "../wire/episode.ts";
import type { Campaign, Category, OutcomeName, RiskLevel, Severity } from "../wire/vocabulary.ts";
import { wholeMetrics } from "./key-metrics.ts";

/** Any number will do, as long as every hub of every version takes the same. */
const KEY_LOCKS = 7_300_043;

/** Duplicates are looked for within one: the events of a rig in one category. */
export interface CurationKey {
  readonly rig_id: string;
  readonly category: Category;
}

/** An event that waits for curation, and where it was curated before. */
export interface TouchedEvent extends CurationKey {
  readonly id: string;
  readonly episode_id: string | null;
  /** The category of that episode: another one after another body took the event's place. */
  readonly former_category: Category | null;
}

/** What an episode is made of: columns, never the stored body. */
export interface CurationRow extends TouchedEvent {
  readonly needs_curation: boolean;
  readonly well_id: string;
  readonly field: string;
  readonly campaign: Campaign;
  readonly risk_level: RiskLevel;
  readonly severity: Severity;
  readonly category_inferred: boolean;
  readonly depth: number;
  readonly timestamp: Date;
  readonly outcome: OutcomeName;
  readonly action_taken: string | null;
  readonly notes: string | null;
  readonly outcome_at: Date | null;
  readonly snapshots: number;
  readonly situation: string;
  readonly key_metrics: unknown;
  readonly apart: boolean;
}

export interface CurationEvent extends CurationRow {
  readonly key_metrics: EpisodeMetrics;
}

/**
 * For this transaction: the planner cannot foresee how far a session reaches, takes the walk for a thousand times its
 * cost, and would spend half a second on compiling what takes ten milliseconds.
 */
export async function planSimply(tx: TransactionSql): Promise<void> {
  await tx`select set_config('jit', 'off', true)`;
}

/** Whether anything waits: one look into a partial index that is empty when nothing does. */
export async function hasBacklog(sql: ISql): Promise<boolean> {
  const [row] = await sql<{ waits: boolean }[]>`
    select exists (select from events where needs_curation and not held) as waits`;
  return row?.waits === true;
}

export interface Pick {
  readonly limit: number;
  /** Keys that another hub works on. */
  readonly except: readonly CurationKey[];
  /** Only this event. */
  readonly only?: string | undefined;
}

/** Locks the oldest events that wait, those of other transactions left out. */
export async function pickEvents(tx: TransactionSql, { limit, except, only }: Pick): Promise<TouchedEvent[]> {
  return tx<TouchedEvent[]>`
    select e.id, e.rig_id, e.category, e.episode_id, former.category as former_category
    from events e left join episodes former on former.id = e.episode_id
    where e.needs_curation and not e.held
      and (${only ?? null}::text is null or e.id = ${only ?? null}::text)
      and not exists (
        select from unnest(${except.map((key) => key.rig_id)}::text[], ${except.map((key) => key.category)}::text[])
          as busy (rig_id, category)
        where busy.rig_id = e.rig_id and busy.category = e.category)
    order by e.received_at, e.id
    limit ${limit}
    for no key update of e skip locked`;
}

/** The same events without a lock: who was in a batch that failed. */
export async function waitingIds(sql: ISql, limit: number): Promise<string[]> {
  const rows = await sql<{ id: string }[]>`
    select id from events where needs_curation and not held order by received_at, id limit ${limit}`;
  return rows.map(({ id }) => id);
}

/** Returns the keys that this transaction now holds; never waits for one that another has. */
export async function lockKeys(tx: TransactionSql, keys: readonly CurationKey[]): Promise<CurationKey[]> {
  const rows = await tx<(CurationKey & { held: boolean })[]>`
    select rig_id, category, pg_try_advisory_xact_lock(${KEY_LOCKS}, hashtext(category || ' ' || rig_id)) as held
    from unnest(${keys.map((key) => key.rig_id)}::text[], ${keys.map((key) => key.category)}::text[])
      as wanted (rig_id, category)`;
  return rows.filter(({ held }) => held);
}

/** Locks the events and returns them as they are then; one that another transaction holds is left out. */
export async function lockEventRows(tx: TransactionSql, ids: readonly string[]): Promise<CurationRow[]> {
  const rows = await tx<CurationRow[]>`
    select e.id, e.rig_id, e.well_id, e.field, e.campaign, e.risk_level, e.severity, e.category, e.category_inferred,
      e.depth, e.timestamp, e.outcome, e.action_taken, e.notes, e.outcome_at, e.snapshots, e.situation, e.key_metrics,
      e.apart, e.needs_curation, e.episode_id, former.category as former_category
    from events e left join episodes former on former.id = e.episode_id
    where e.id = any(${[...ids]}::text[])
    for no key update of e skip locked`;
  return rows.map((row) => Object.assign(row, { key_metrics: wholeMetrics(row.key_metrics) }));
}

export interface EventPlace {
  readonly id: string;
  readonly episode_id: string;
}

/**
 * Records where events stand now, and writes none that stood there. Only `done` lose their mark: another event may have
 * changed since it was read.
 */
export async function placeEvents(
  tx: TransactionSql,
  places: readonly EventPlace[],
  done: ReadonlySet<string>,
): Promise<void> {
  const rows = places.map(({ id, episode_id }) => ({ id, episode_id, done: done.has(id) }));
  await tx`
    update events e set
      episode_id = place.episode_id,
      needs_curation = e.needs_curation and not place.done,
      curation_error = case when place.done then null else e.curation_error end
    from jsonb_to_recordset(${JSON.stringify(rows)}::text::jsonb) as place (id text, episode_id text, done boolean)
    where e.id = place.id
      and (e.episode_id is distinct from place.episode_id or (place.done and e.needs_curation))`;
}

export interface BadEvent {
  readonly id: string;
  /** For the person who looks after it. */
  readonly problem: string;
}

/** Passes events over until they change. They stand in no episode. */
export async function setAside(tx: TransactionSql, events: readonly BadEvent[]): Promise<void> {
  if (events.length === 0) return;
  await tx`
    update events e set needs_curation = false, curation_error = bad.problem, episode_id = null
    from jsonb_to_recordset(${JSON.stringify(events)}::text::jsonb) as bad (id text, problem text)
    where e.id = bad.id`;
}

/** The same for an event whose session could not be worked out: its episode stays as it is until it changes. */
export async function giveUp(sql: ISql, { id, problem }: BadEvent): Promise<void> {
  await sql`update events set needs_curation = false, curation_error = ${problem} where id = ${id}`;
}
