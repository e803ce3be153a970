import {
  answerTimes,
  commonActions,
  outcomesByRig,
  outcomeTotals,
  type ActionCount,
  type AnswerFilter,
  type AnswerTimes,
  type OutcomeTotal,
} from "../../db/dashboard/answers.ts";
import { countsByOutcome, outcomeParts, type Days } from "../../db/dashboard/counts.ts";
import type { HubContext } from "../context.ts";
import { outcomeShares, type OutcomeShares } from "../outcome-shares.ts";
import { lastDays } from "./days.ts";
import { wilsonInterval } from "./interval.ts";

/** A quarter: long enough for shares that mean something, and the work does not grow with the years. */
export const OUTCOME_DAYS = 90;
/** The newest answers that times and actions are taken from. */
export const ANSWERS_MAX = 1000;
/** The newest events that are counted where the roll-up cannot say. */
export const COUNTED_MAX = 10_000;
const ACTIONS_MAX = 20;
/** Fewer cases than this are no ground for advice. */
export const CASES_MIN = 3;
/** Longer ranges are not broken down by rig: the rows of a fleet's year would be read for one table. */
export const BY_RIG_DAYS_MAX = 31;
const RIGS_SHOWN_MAX = 20;
const DAY_MS = 86_400_000;

export interface ActionLine extends ActionCount {
  /** 95 % of resolved ÷ tried; null where there are too few cases to say anything. */
  readonly interval: readonly [low: number, high: number] | null;
}

export interface Breakdown extends OutcomeShares {
  readonly name: string;
}

export interface OutcomesView extends OutcomeShares {
  readonly filter: AnswerFilter;
  /** Whether only the newest `COUNTED_MAX` events were counted. */
  readonly capped: boolean;
  readonly actions: readonly ActionLine[];
  readonly times: AnswerTimes;
  readonly by_category: readonly Breakdown[];
  readonly by_risk: readonly Breakdown[];
  readonly by_campaign: readonly Breakdown[];
  /** The rigs with the most events; null where the range is too long to ask. */
  readonly by_rig: readonly Breakdown[] | null;
}

export type OutcomesWish = Omit<AnswerFilter, "days"> & { readonly days?: Partial<Days> };

/** What drillers did, and what came of it; the last 90 days unless the wish says otherwise. */
export async function outcomesView(context: HubContext, { days = {}, ...wish }: OutcomesWish): Promise<OutcomesView> {
  const { sql } = context;
  const filter = { ...wish, days: { ...lastDays(context, OUTCOME_DAYS), ...days } };
  const [totals, times, actions, parts] = await Promise.all([
    totalsOf(context, filter),
    answerTimes(sql, filter, ANSWERS_MAX),
    commonActions(sql, filter, { answers: ANSWERS_MAX, actions: ACTIONS_MAX }),
    breakdowns(context, filter),
  ]);
  const shares = outcomeShares(totals);
  const capped = !isRolledUp(filter) && shares.total >= COUNTED_MAX;
  return { filter, ...shares, capped, actions: actions.map(actionLine), times, ...parts };
}

function totalsOf({ sql }: HubContext, filter: AnswerFilter): Promise<readonly OutcomeTotal[]> {
  if (!isRolledUp(filter)) return outcomeTotals(sql, filter, COUNTED_MAX);
  const { days, category, risk: risk_level, campaign } = filter;
  return countsByOutcome(sql, days, { category, risk_level, campaign });
}

/** The roll-up of the fleet knows neither rigs nor depths. */
function isRolledUp({ rig, depthFromFt, depthToFt }: AnswerFilter): boolean {
  return rig === undefined && depthFromFt === undefined && depthToFt === undefined;
}

function actionLine(count: ActionCount): ActionLine {
  return { ...count, interval: count.tried < CASES_MIN ? null : wilsonInterval(count.resolved, count.tried) };
}

type Breakdowns = Pick<OutcomesView, "by_category" | "by_risk" | "by_campaign" | "by_rig">;

/** Of the fleet, by what the roll-up knows; a filter by rig or depth has none. */
async function breakdowns({ sql }: HubContext, filter: AnswerFilter): Promise<Breakdowns> {
  if (!isRolledUp(filter)) return { by_category: [], by_risk: [], by_campaign: [], by_rig: null };
  const { days, category, risk: risk_level, campaign } = filter;
  const short = (Date.parse(days.to) - Date.parse(days.from)) / DAY_MS < BY_RIG_DAYS_MAX;
  const [parts, rigs] = await Promise.all([
    outcomeParts(sql, days, { category, risk_level, campaign }),
    short ? outcomesByRig(sql, filter) : null,
  ]);
  const by = (column: "category" | "risk_level" | "campaign"): Breakdown[] =>
    grouped(parts.flatMap(({ [column]: name, outcome, count }) => (name === null ? [] : [{ name, outcome, count }])));
  return {
    by_category: by("category"),
    by_risk: by("risk_level"),
    by_campaign: by("campaign"),
    by_rig: rigs === null ? null : grouped(rigs).slice(0, RIGS_SHOWN_MAX),
  };
}

/** Those with the most events first. */
function grouped(rows: readonly (OutcomeTotal & { readonly name: string })[]): Breakdown[] {
  return [...Map.groupBy(rows, ({ name }) => name)]
    .map(([name, counts]) => Object.assign({ name }, outcomeShares(counts)))
    .toSorted((left, right) => right.total - left.total || left.name.localeCompare(right.name));
}
