import { HISTORY_SNAPSHOTS_FULL } from "../../wire/event.ts";
import type { Category, OutcomeName } from "../../wire/vocabulary.ts";
import { isSpecificAction } from "./specific-action.ts";

/** The wire contract's formula, as numbers that TypeScript and SQL share. */
export const SCORE_TERMS = {
  outcome: 0.5,
  recency: 0.25,
  detail: 0.15,
  diversity: 0.1,
  outcomes: { Resolved: 1, Escalated: 0.7, Pending: 0.2, FalsePositive: 0.1 },
  recencyDays: 180,
  /** What an episode that nobody answers is worth after prune_pending_days. */
  forgotten: 0.05,
} as const satisfies ScoreTerms;

/** Parts of the detail term; together 1. */
const NOTES = 0.3;
const ACTION = 0.4;
const FULL_HISTORY = 0.3;

export const DAY_MS = 86_400_000;

/** A smaller change of a score is not even stored: re-scoring would write the whole library every hour. */
export const SCORE_STEP = 0.001;
/**
 * A smaller change is not told to rigs. e^(-d/180) takes up to 0.0014 a day from every score, and a library that ages
 * must not send itself again to each rig, each day, over a metered link: like this an episode goes out again for its
 * age once in a fortnight at most.
 */
export const PUBLISH_STEP = 0.02;
/** Published scores have four decimals, in the column and in the JSON alike. */
export const SCORE_DECIMALS = 4;

export interface ScoreTerms {
  readonly outcome: number;
  readonly recency: number;
  readonly detail: number;
  readonly diversity: number;
  readonly outcomes: Readonly<Record<OutcomeName, number>>;
  readonly recencyDays: number;
  readonly forgotten: number;
}

export interface Scored {
  readonly outcome: OutcomeName;
  /** When it happened. */
  readonly timestamp: Date;
  /** 0 to 1 each. */
  readonly detail: number;
  readonly diversity: number;
}

/** 0 to 1. An episode of the future, by a rig's clock that runs ahead, is as fresh as one of now. */
export function scoreOf(episode: Scored, at: Date, pendingDays: number): number {
  const ageDays = Math.max(0, at.getTime() - episode.timestamp.getTime()) / DAY_MS;
  if (episode.outcome === "Pending" && ageDays > pendingDays) return SCORE_TERMS.forgotten;
  return (
    SCORE_TERMS.outcome * SCORE_TERMS.outcomes[episode.outcome] +
    SCORE_TERMS.recency * Math.exp(-ageDays / SCORE_TERMS.recencyDays) +
    SCORE_TERMS.detail * episode.detail +
    SCORE_TERMS.diversity * episode.diversity
  );
}

export interface DetailParts {
  /** What was done, of an episode that was resolved. */
  readonly action: string | null;
  readonly notes: string | null;
  /** Of the event with the longest window. */
  readonly snapshots: number;
}

/** How much an episode has to tell, 0 to 1. */
export function detailOf({ action, notes, snapshots }: DetailParts): number {
  let detail = 0;
  if (notes !== null && notes.trim() !== "") detail += NOTES;
  if (isSpecificAction(action)) detail += ACTION;
  if (snapshots >= HISTORY_SNAPSHOTS_FULL) detail += FULL_HISTORY;
  return detail;
}

/** Shares of the active episodes, 0 to 1; what is not named has none. */
export interface Shares {
  readonly categories: ReadonlyMap<string, number>;
  readonly rigs: ReadonlyMap<string, number>;
}

/** 1 for the first of its category and rig, towards 0 for what the library is full of. */
export function diversityOf(episode: { category: Category; rig_id: string }, shares: Shares): number {
  const category = shares.categories.get(episode.category) ?? 0;
  const rig = shares.rigs.get(episode.rig_id) ?? 0;
  return (1 - category + (1 - rig)) / 2;
}

export function sharesOf(counts: readonly { category: string; rig_id: string; episodes: number }[]): Shares {
  const total = counts.reduce((sum, { episodes }) => sum + episodes, 0);
  const categories = new Map<string, number>();
  const rigs = new Map<string, number>();
  for (const { category, rig_id: rig, episodes } of counts) {
    categories.set(category, (categories.get(category) ?? 0) + episodes / total);
    rigs.set(rig, (rigs.get(rig) ?? 0) + episodes / total);
  }
  return { categories, rigs };
}

export function publishedScore(score: number): number {
  return Number(score.toFixed(SCORE_DECIMALS));
}
