import { Fault } from "../../base/fault.ts";
import type { CurationRun } from "../../db/curation-runs.ts";
import {
  episodesOfVersions,
  failuresOfRun,
  lastScheduled,
  runRow,
  runRows,
  uncuratedEvents,
  versionsOfRun,
  type RunEpisode,
  type RunFailure,
  type RunFilters,
  type RunVersion,
  type UncuratedEvent,
} from "../../db/dashboard/curation.ts";
import { healthFacts } from "../../db/health.ts";
import type { HubContext } from "../context.ts";
import { listPage } from "../dashboard-mark.ts";
import { isoTimes, type IsoTimes } from "../iso-times.ts";

export { RUN_KINDS } from "../../db/dashboard/curation.ts";
export { BACKLOG_COUNT_MAX } from "../../db/health.ts";

/** Rows of each part of a run's page; the pages of its versions have all. */
export const RUN_PART_MAX = 100;
const UNCURATED_SHOWN_MAX = 50;

export type RunLine = IsoTimes<CurationRun>;

export interface CurationPage {
  readonly runs: readonly RunLine[];
  readonly next: string | null;
}

export interface RunsWish {
  readonly filters: RunFilters;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Newest first. Faults: `invalid_request`. */
export async function curationRuns({ sql }: HubContext, wish: RunsWish): Promise<CurationPage> {
  const { filters, after, limit } = wish;
  const rows = await runRows(sql, { filters, before: placeOf(after), limit: limit + 1 });
  const { rows: page, next } = listPage(rows, limit, ({ id }) => `${id}`);
  return { runs: page.map(isoTimes), next };
}

export interface CurationState {
  /** Events that wait; 10,000 stands for that and more. */
  readonly backlog: number;
  readonly backlog_since: string | null;
  readonly last_success: string | null;
  readonly last_error: string | null;
  /** Whether this hub curates by itself. */
  readonly curates: boolean;
  readonly interval_s: number;
  /** Null before the first scheduled run of any hub. */
  readonly next_scheduled: string | null;
  readonly uncurated: readonly IsoTimes<UncuratedEvent>[];
}

export async function curationState({ sql, settings }: HubContext): Promise<CurationState> {
  const [facts, scheduled, uncurated] = await Promise.all([
    healthFacts(sql),
    lastScheduled(sql),
    uncuratedEvents(sql, UNCURATED_SHOWN_MAX),
  ]);
  const { curation_interval_s: interval_s, curation: curates } = settings;
  const next = scheduled === null ? null : new Date(scheduled.getTime() + interval_s * 1000).toISOString();
  return {
    backlog: facts.backlog,
    backlog_since: facts.backlog_since?.toISOString() ?? null,
    last_success: facts.last_success?.toISOString() ?? null,
    last_error: facts.last_error,
    curates,
    interval_s,
    next_scheduled: next,
    uncurated: uncurated.map(isoTimes),
  };
}

export interface RunDetail {
  readonly run: RunLine;
  /** Up to `RUN_PART_MAX` of each. */
  readonly versions: readonly IsoTimes<RunVersion>[];
  readonly episodes: readonly RunEpisode[];
  readonly failures: readonly IsoTimes<RunFailure>[];
}

/** Faults: `not_found`. */
export async function curationRun({ sql }: HubContext, id: number): Promise<RunDetail> {
  const run = await runRow(sql, id);
  if (run === undefined) {
    throw new Fault(
      "not_found",
      `there is no curation run ${id}`,
      "rows of runs are kept for 30 days; the list has them",
    );
  }
  const [versions, failures] = await Promise.all([
    versionsOfRun(sql, run, RUN_PART_MAX),
    failuresOfRun(sql, id, RUN_PART_MAX),
  ]);
  const numbers = versions.map(({ version }) => version);
  const episodes = await episodesOfVersions(sql, numbers, RUN_PART_MAX);
  return { run: isoTimes(run), versions: versions.map(isoTimes), episodes, failures: failures.map(isoTimes) };
}

function placeOf(after: string | undefined): number | undefined {
  if (after === undefined) return undefined;
  if (/^\d{1,15}$/.test(after)) return Number(after);
  throw new Fault("invalid_request", "after is no place in this list", "start at its first page");
}
