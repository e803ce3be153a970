import type { ISql } from "postgres";
import type { CurationCause, CurationRun } from "../curation-runs.ts";

export const RUN_KINDS = ["changed", "failed"] as const;
/** Runs that made a version of the library; runs that broke off or passed an event over. */
export type RunKind = (typeof RUN_KINDS)[number];

export interface RunFilters {
  readonly cause?: CurationCause | undefined;
  readonly kind?: RunKind | undefined;
}

export interface RunsQuery {
  readonly filters: RunFilters;
  readonly before?: number | undefined;
  readonly limit: number;
}

/** Newest first. */
export async function runRows(sql: ISql, { filters, before, limit }: RunsQuery): Promise<CurationRun[]> {
  const { cause, kind } = filters;
  return sql<CurationRun[]>`
    select * from curation_runs
    where id < ${before ?? Number.MAX_SAFE_INTEGER}
      ${cause === undefined ? sql`` : sql`and cause = ${cause}`}
      ${kind === "changed" ? sql`and version is not null` : sql``}
      ${kind === "failed" ? sql`and (error is not null or events_failed > 0)` : sql``}
    order by id desc
    limit ${limit}`;
}

export async function runRow(sql: ISql, id: number): Promise<CurationRun | undefined> {
  const [row] = await sql<CurationRun[]>`select * from curation_runs where id = ${id}`;
  return row;
}

export interface RunVersion {
  readonly version: number;
  readonly committed_at: Date;
  readonly changed: number;
  readonly removed: number;
}

/** Between the start and the end of the run, so the versions' index on their time finds them. */
export async function versionsOfRun(
  sql: ISql,
  { id, started_at, finished_at }: Pick<CurationRun, "id" | "started_at" | "finished_at">,
  limit: number,
): Promise<RunVersion[]> {
  return sql<RunVersion[]>`
    select version, committed_at, changed, removed from library_versions
    where run_id = ${id} and committed_at >= ${started_at}
      and committed_at <= coalesce(${finished_at}::timestamptz, 'infinity')
    order by version
    limit ${limit}`;
}

export interface RunEpisode {
  readonly episode_id: string;
  readonly version: number;
  readonly kind: string;
}

export async function episodesOfVersions(sql: ISql, versions: readonly number[], limit: number): Promise<RunEpisode[]> {
  if (versions.length === 0) return [];
  return sql<RunEpisode[]>`
    select episode_id, version, kind from library_changes
    where version in ${sql(versions)} order by version, episode_id limit ${limit}`;
}

export interface RunFailure {
  readonly event_id: string;
  readonly error: string;
  readonly failed_at: Date;
}

export async function failuresOfRun(sql: ISql, runId: number, limit: number): Promise<RunFailure[]> {
  return sql<RunFailure[]>`
    select event_id, error, failed_at from curation_failures where run_id = ${runId} order by id limit ${limit}`;
}

export interface UncuratedEvent {
  readonly id: string;
  readonly rig_id: string;
  readonly timestamp: Date;
  readonly curation_error: string;
}

/** Events that curation passes over until they change. */
export async function uncuratedEvents(sql: ISql, limit: number): Promise<UncuratedEvent[]> {
  return sql<UncuratedEvent[]>`
    select id, rig_id, timestamp, curation_error from events where curation_error is not null order by id limit ${limit}`;
}

/** When the newest scheduled run began, of whichever hub; null before the first. */
export async function lastScheduled(sql: ISql): Promise<Date | null> {
  const [row] = await sql<{ at: Date | null }[]>`
    select started_at as at from curation_runs where cause = 'schedule' order by started_at desc limit 1`;
  return row?.at ?? null;
}
