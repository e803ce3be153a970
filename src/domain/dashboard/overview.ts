import { attention, type Attention } from "../../db/dashboard/attention.ts";
import { countsByDay, countsByOutcome, type DayCount } from "../../db/dashboard/counts.ts";
import { healthFacts } from "../../db/health.ts";
import { libraryCounts, type LibraryCounts } from "../../db/stats.ts";
import type { OutcomeName } from "../../wire/vocabulary.ts";
import type { HubContext } from "../context.ts";
import { isoTimes } from "../iso-times.ts";
import { outcomeShares } from "../outcome-shares.ts";
import { dayBefore, lastDays, medianOfWeek, topCategories, totalOf, type CategoryCount } from "./days.ts";
import { rigCounts, rigsPage, type RigCounts } from "./rigs.ts";

export { PAGE_COUNT_MAX } from "../../db/dashboard/attention.ts";

/** Days of the charts. */
export const OVERVIEW_DAYS = 30;
/** Silent rigs that are named; their list has the others. */
const SILENT_NAMED_MAX = 3;
/** A proof that a backup can be restored is good for eight days: it is made weekly. */
export const PROOF_GOOD_DAYS = 8;
/** Backups are made every six hours; two may fail before somebody has to look. */
export const BACKUP_GOOD_H = 13;
const HOUR_MS = 3_600_000;

export interface FleetCounts {
  readonly rigs: RigCounts;
  readonly events_today: number;
  /** Median of the seven days before today. */
  readonly events_day_median: number;
  readonly critical_pending: number;
  readonly high_pending: number;
  readonly quarantined: number;
  readonly oldest_quarantined: string | null;
  readonly curation_backlog: number;
  readonly last_curation: string | null;
  readonly library: LibraryCounts;
}

/** What several parts of the page stand on, asked once. */
export interface OverviewBase {
  readonly urgent: Promise<Attention>;
  readonly month: Promise<Month>;
}

export function overviewBase(context: HubContext): OverviewBase {
  return { urgent: attention(context.sql), month: lastMonth(context) };
}

export async function fleetCounts(context: HubContext, base = overviewBase(context)): Promise<FleetCounts> {
  const { sql } = context;
  const [rigs, month, urgent, facts, library] = await Promise.all([
    rigCounts(context),
    base.month,
    base.urgent,
    healthFacts(sql),
    libraryCounts(sql),
  ]);
  return {
    rigs,
    events_today: totalOf(month.days.filter(({ date }) => date === dayBefore(context, 0))),
    events_day_median: medianOfWeek(context, month.days),
    critical_pending: urgent.critical_pending,
    high_pending: urgent.high_pending,
    quarantined: facts.quarantined,
    oldest_quarantined: urgent.oldest_quarantined?.toISOString() ?? null,
    curation_backlog: facts.backlog,
    last_curation: facts.last_success?.toISOString() ?? null,
    library,
  };
}

export type Concern =
  | { readonly kind: "critical_pending" | "quarantined"; readonly count: number; readonly since: string | null }
  | { readonly kind: "silent_rig"; readonly rig: string; readonly since: string | null }
  | { readonly kind: "more_silent_rigs" | "behind_rigs" | "uncurated"; readonly count: number }
  | { readonly kind: "curation_failed"; readonly error: string; readonly since: string | null }
  | { readonly kind: "backup_old" | "backup_unproven"; readonly since: string | null };

/** What a person should do something about, the most pressing first; empty when all is well. */
export async function concerns(context: HubContext, base = overviewBase(context)): Promise<Concern[]> {
  const [urgent, { rigs: silent, counts }] = await Promise.all([
    base.urgent,
    rigsPage(context, { filters: { state: "silent" }, limit: SILENT_NAMED_MAX }),
  ]);
  const facts = isoTimes(urgent);
  const found: Concern[] = [];
  if (facts.critical_pending > 0) {
    found.push({ kind: "critical_pending", count: facts.critical_pending, since: facts.oldest_critical });
  }
  found.push(...silent.map(({ rig_id: rig, heard_at: since }) => ({ kind: "silent_rig", rig, since }) as const));
  const unnamed = counts.silent - silent.length;
  if (unnamed > 0) found.push({ kind: "more_silent_rigs", count: unnamed });
  if (counts.behind > 0) found.push({ kind: "behind_rigs", count: counts.behind });
  if (facts.quarantined > 0) {
    found.push({ kind: "quarantined", count: facts.quarantined, since: facts.oldest_quarantined });
  }
  const error = facts.last_run_error;
  if (error !== null) found.push({ kind: "curation_failed", error, since: facts.last_run_at });
  if (facts.uncurated > 0) found.push({ kind: "uncurated", count: facts.uncurated });
  return [...found, ...backupConcerns(context, urgent)];
}

function backupConcerns({ clock }: HubContext, { last_backup, last_proof }: Attention): Concern[] {
  const ageH = (at: Date | null): number => (at === null ? Infinity : (clock.now() - at.getTime()) / HOUR_MS);
  const found: Concern[] = [];
  if (ageH(last_backup) > BACKUP_GOOD_H) found.push({ kind: "backup_old", since: last_backup?.toISOString() ?? null });
  if (ageH(last_proof) > PROOF_GOOD_DAYS * 24) {
    found.push({ kind: "backup_unproven", since: last_proof?.toISOString() ?? null });
  }
  return found;
}

export interface Month {
  /** Every day of `OVERVIEW_DAYS`, oldest first, today included. */
  readonly dates: readonly string[];
  readonly days: readonly DayCount[];
  readonly top_categories: readonly CategoryCount[];
  readonly outcomes: readonly { readonly outcome: OutcomeName; readonly count: number }[];
}

export async function lastMonth(context: HubContext): Promise<Month> {
  const { sql } = context;
  const range = lastDays(context, OVERVIEW_DAYS);
  const [days, outcomes] = await Promise.all([countsByDay(sql, range), countsByOutcome(sql, range)]);
  return {
    dates: Array.from({ length: OVERVIEW_DAYS }, (_, at) => dayBefore(context, OVERVIEW_DAYS - 1 - at)),
    days,
    top_categories: topCategories(days),
    outcomes: outcomeShares(outcomes).outcome_breakdown,
  };
}
