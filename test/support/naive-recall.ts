import { answer, type FoundRows } from "../../src/recall/answer.ts";
import { closeness } from "../../src/recall/closeness.ts";
import { Columns } from "../../src/recall/columns.ts";
import {
  campaignDistance,
  categoryDistance,
  costTables,
  presence,
  situationDistance,
  tabledDistance,
  weightOf,
} from "../../src/recall/distance.ts";
import type { IndexEntry, RecallAnswer, RecallQuery } from "../../src/recall/entry.ts";
import { questionOf, type Question } from "../../src/recall/question.ts";
import { ageFactor, outcomeWeight, rankOf } from "../../src/recall/rank.ts";

interface Measured {
  readonly row: number;
  readonly entry: IndexEntry;
  readonly distance: number;
  readonly rank: number;
  readonly close: boolean;
}

/** The definition and nothing else: every entry measured, sorted whole, cut. For small libraries. */
export function naiveRecall(
  entries: readonly IndexEntry[],
  query: RecallQuery,
  nowS: number,
  limit: number,
): RecallAnswer {
  const columns = new Columns();
  for (const entry of entries) columns.append(entry);
  const question = questionOf(query, columns);
  const all = entries.flatMap((entry, row) =>
    entry.rig_id === query.exclude_rig ? [] : [measured(entry, row, question, nowS)],
  );
  const near = all.toSorted((left, right) => left.distance - right.distance || tie(left, right, query));
  const finder = {
    bestByRank: (size: number) => {
      const best = all.toSorted((left, right) => right.rank - left.rank || tie(left, right, query));
      return rows(best.slice(0, size), ({ rank }) => rank);
    },
    closestDecided: (size: number) => {
      const decided = near.filter(({ close, entry }) => close && entry.outcome !== "Pending");
      return rows(decided.slice(0, size), ({ distance }) => -distance);
    },
    nearestOf: (kind: "close" | "distant") => {
      const fit = near.filter(({ close, distance }) =>
        kind === "close" ? close : closeness(distance, 0) === "distant",
      );
      return rows(fit.slice(0, 1), ({ distance }) => -distance);
    },
  };
  return answer(finder, question, columns, limit);
}

function measured(entry: IndexEntry, row: number, question: Question, nowS: number): Measured {
  const features = question.bySituation
    ? situationDistance(question.situation, entry.situation)
    : tabledDistance(costTables(question.situation, true), new Uint8Array(entry.situation.buffer), 0, Infinity);
  const context =
    categoryDistance(question.category, entry.category) + campaignDistance(question.campaign, entry.campaign);
  const distance = features + context;
  const worth = outcomeWeight(entry.outcome) * ageFactor(nowS - entry.timestamp);
  const common = weightOf(presence(entry.situation) & question.presence);
  return { row, entry, distance, rank: rankOf(distance, worth), close: closeness(distance, common) === "close" };
}

function tie(left: Measured, right: Measured, { depth_ft: depth }: RecallQuery): number {
  const from = (one: Measured): number => (depth === undefined ? 0 : Math.abs(one.entry.depth_ft - depth));
  return from(left) - from(right) || (left.entry.id < right.entry.id ? -1 : 1);
}

function rows(found: readonly Measured[], key: (one: Measured) => number): FoundRows {
  return { rows: found.map(({ row }) => row), keys: found.map(key), distances: found.map(({ distance }) => distance) };
}
