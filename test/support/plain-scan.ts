import { answer, type Finder } from "../../src/recall/answer.ts";
import { CLOSE_MAX, COMMON_WEIGHT_MIN, DISTANT_MAX } from "../../src/recall/closeness.ts";
import { Columns, groupParts } from "../../src/recall/columns.ts";
import { tabledDistance, weightOf } from "../../src/recall/distance.ts";
import type { IndexEntry, RecallAnswer, RecallQuery } from "../../src/recall/entry.ts";
import { FEATURE_COUNT } from "../../src/recall/features.ts";
import { questionOf, type Question } from "../../src/recall/question.ts";
import { ageFactor, distanceLimit, outcomeWeight, rankOf } from "../../src/recall/rank.ts";
import { TopRows } from "../../src/recall/top-rows.ts";

export interface PlainScan {
  query(query: RecallQuery, nowS: number, limit: number): RecallAnswer;
}

/**
 * What the index must equal, and beat: every row is looked at, over the same columns and tables and with the same
 * early drop, but without trees or groups.
 */
export function plainScan(entries: Iterable<IndexEntry>): PlainScan {
  const columns = new Columns();
  for (const entry of entries) columns.append(entry);
  return {
    query(query, nowS, limit) {
      const question = questionOf(query, columns);
      return answer(scanFinder(columns, question, nowS), question, columns, limit);
    },
  };
}

function scanFinder(columns: Columns, question: Question, nowS: number): Finder {
  return {
    bestByRank: (size) => scanByRank(columns, question, nowS, size),
    closestDecided: (size) => scanNearest(columns, question, size, CLOSE_MAX, true, true),
    nearestOf: (kind) =>
      scanNearest(columns, question, 1, kind === "close" ? CLOSE_MAX : DISTANT_MAX, kind === "close", false),
  };
}

function scanByRank(columns: Columns, question: Question, nowS: number, size: number): TopRows {
  const best = new TopRows(size, columns, question.depthFt);
  const weights = Float64Array.from(question.contextCosts, (_, group) => outcomeWeight(groupParts(group).outcome));
  let limits = weights.map(() => Number.MAX_SAFE_INTEGER);
  for (let row = 0; row < columns.length; row++) {
    const group = columns.group[row] ?? 0;
    const context = question.contextCosts[group] ?? 0;
    const room = (limits[group] ?? 0) - context;
    const distance = tabledDistance(question.tables, columns.situation, row * FEATURE_COUNT, room);
    if (distance > room || columns.rig[row] === question.excludedRig) continue;
    const worth = (weights[group] ?? 0) * ageFactor(nowS - (columns.timestamp[row] ?? 0));
    const rank = rankOf(distance + context, worth);
    if (rank >= best.least && best.offer(row, rank, distance + context)) {
      limits = weights.map((weight) => distanceLimit(best.least, weight));
    }
  }
  return best;
}

function scanNearest(
  columns: Columns,
  question: Question,
  size: number,
  limit: number,
  comparable: boolean,
  decided: boolean,
): TopRows {
  const found = new TopRows(size, columns, question.depthFt);
  for (let row = 0; row < columns.length; row++) {
    const group = columns.group[row] ?? 0;
    const context = question.contextCosts[group] ?? 0;
    const room = Math.min(limit, -found.least) - context;
    const distance = tabledDistance(question.tables, columns.situation, row * FEATURE_COUNT, room);
    if (distance > room || columns.rig[row] === question.excludedRig) continue;
    if (decided && groupParts(group).outcome === "Pending") continue;
    const common = weightOf((columns.presence[row] ?? 0) & question.presence);
    if (!comparable || common >= COMMON_WEIGHT_MIN) found.offer(row, -distance - context, distance + context);
  }
  return found;
}
