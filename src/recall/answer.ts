import type { OutcomeName } from "../wire/vocabulary.ts";
import { groupParts, type Columns } from "./columns.ts";
import { categoryHeadline, situationHeadline } from "./headline.ts";
import { closeness, CLOSE_MAX, DISTANT_MAX, type Closeness } from "./closeness.ts";
import { DISTANCE_ONE, weightOf } from "./distance.ts";
import type { RecallAnswer, RecallHit } from "./entry.ts";
import { categoryReasons } from "./category-reasons.ts";
import type { Question } from "./question.ts";
import { similarity } from "./rank.ts";
import { bestByRank, nearest, type Library } from "./search.ts";
import { thin, THINNED_FROM, type Thinnable } from "./thin.ts";
import { featureReasons, reasons } from "./why.ts";

/** How many of the closest decided cases are asked whether they were false alarms. */
export const ALARMS_ASKED = 9;

/** Rows of the columns, best first, with what they were sorted by. */
export interface FoundRows {
  readonly rows: readonly number[];
  readonly keys: readonly number[];
  readonly distances: readonly number[];
}

/** Whatever finds the rows of an answer: the trees, or in tests a plain scan. */
export interface Finder {
  bestByRank(size: number): FoundRows;
  /** The nearest that are close, of those whose outcome a person gave. */
  closestDecided(size: number): FoundRows;
  /** The nearest of all: close ones, or any within the distant limit. */
  nearestOf(kind: "close" | "distant"): FoundRows;
}

export function finderOf(library: Library, question: Question, nowS: number): Finder {
  return {
    bestByRank: (size) => bestByRank(library, question, nowS, size),
    closestDecided: (size) => nearest(library, question, { size, limit: CLOSE_MAX, comparable: true, decided: true }),
    nearestOf: (kind) =>
      nearest(library, question, {
        size: 1,
        limit: kind === "close" ? CLOSE_MAX : DISTANT_MAX,
        comparable: kind === "close",
        decided: false,
      }),
  };
}

export function answer(finder: Finder, question: Question, columns: Columns, limit: number): RecallAnswer {
  const candidates = ranked(finder.bestByRank(THINNED_FROM), columns);
  const chosen = thin(candidates, Math.max(0, Math.min(limit, THINNED_FROM)));
  const hits = chosen.map((candidate, at) => hit(candidate, question, columns, at + 1));
  if (!question.bySituation) return { verdict: "category_only", headline: categoryHeadline(question), hits };
  const decided = question.enoughChannels ? outcomesOf(finder.closestDecided(ALARMS_ASKED), columns) : [];
  const verdict = decided.length > 0 ? "close" : verdictOf(finder, question);
  return { verdict, headline: situationHeadline(verdict, question, decided, hits), hits };
}

interface RankedRow extends Thinnable {
  readonly row: number;
  readonly distance: number;
}

function ranked({ rows, keys, distances }: FoundRows, columns: Columns): RankedRow[] {
  return rows.map((row, at) => ({
    row,
    distance: distances[at] ?? 0,
    rank: keys[at] ?? 0,
    rig: columns.rig[row] ?? 0,
    depth_ft: columns.depth[row] ?? 0,
    action: columns.action[row] ?? 0,
  }));
}

function hit({ row, distance, rank }: RankedRow, question: Question, columns: Columns, position: number): RecallHit {
  const commonWeight = weightOf((columns.presence[row] ?? 0) & question.presence);
  return {
    id: columns.ids[row] ?? "",
    similarity: similarity(distance),
    rank,
    d_all: distance / DISTANCE_ONE,
    common_weight: commonWeight,
    closeness: question.bySituation ? closeness(distance, commonWeight) : "category_only",
    why: why(row, question, columns),
    position,
  };
}

function why(row: number, question: Question, columns: Columns): string[] {
  const situation = columns.situationOf(row);
  if (question.bySituation) return reasons(question.situation, situation);
  const sameness = categoryReasons(question, groupParts(columns.group[row] ?? 0));
  return [...sameness, ...featureReasons(question.situation, situation)];
}

function verdictOf(finder: Finder, { enoughChannels }: Question): Closeness {
  if (enoughChannels && finder.nearestOf("close").rows.length > 0) return "close";
  return finder.nearestOf("distant").rows.length > 0 ? "distant" : "none";
}

function outcomesOf({ rows }: FoundRows, columns: Columns): OutcomeName[] {
  return rows.map((row) => groupParts(columns.group[row] ?? 0).outcome);
}
