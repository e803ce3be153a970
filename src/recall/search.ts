import { OUTCOME_NAMES } from "../wire/vocabulary.ts";
import type { Collector } from "./cells.ts";
import { COMMON_WEIGHT_MIN } from "./closeness.ts";
import { groupParts, type Columns } from "./columns.ts";
import { weightOf } from "./distance.ts";
import type { Group } from "./group.ts";
import type { Question } from "./question.ts";
import { ageFactor, distanceLimit, outcomeWeight, rankOf } from "./rank.ts";
import { TopRows } from "./top-rows.ts";

/** All that is searched, by group number. */
export interface Library {
  readonly columns: Columns;
  readonly groups: readonly Group[];
}

/** The `size` best by rank. */
export function bestByRank(library: Library, question: Question, nowS: number, size: number): TopRows {
  const best = new TopRows(size, library.columns, question.depthFt);
  for (const { group, context, weight } of mostPromisingFirst(library, question, nowS)) {
    const collector = new RankCollector(best, library.columns, question, nowS, weight, group.newest);
    if (context > collector.limit) continue;
    if (question.measures) group.search(question.tables, context, collector);
    else group.walk(context, collector);
  }
  return best;
}

export interface NearestOptions {
  readonly size: number;
  /** Nothing beyond it counts, in parts of `DISTANCE_ONE`. */
  readonly limit: number;
  /** Only rows that share enough measured features. */
  readonly comparable: boolean;
  /** Only outcomes that a person gave. */
  readonly decided: boolean;
}

/** The nearest by distance alone, whatever became of them. */
export function nearest({ columns, groups }: Library, question: Question, options: NearestOptions): TopRows {
  const found = new TopRows(options.size, columns, question.depthFt);
  const collector = new NearCollector(found, columns, question, options);
  for (const [number, group] of groups.entries()) {
    const context = question.contextCosts[number] ?? 0;
    if (group.empty || context > collector.limit) continue;
    if (options.decided && OUTCOME_NAMES[number % OUTCOME_NAMES.length] === "Pending") continue;
    group.search(question.tables, context, collector);
  }
  return found;
}

interface Candidate {
  readonly group: Group;
  readonly context: number;
  readonly weight: number;
  /** No row of the group ranks above it. */
  readonly bound: number;
}

/** The sooner the places are taken by good rows, the less is looked at. */
function mostPromisingFirst({ groups }: Library, { contextCosts }: Question, nowS: number): Candidate[] {
  const candidates: Candidate[] = [];
  for (const [number, group] of groups.entries()) {
    if (group.empty) continue;
    const context = contextCosts[number] ?? 0;
    const weight = outcomeWeight(groupParts(number).outcome);
    candidates.push({ group, context, weight, bound: rankOf(context, weight * ageFactor(nowS - group.newest)) });
  }
  return candidates.toSorted((left, right) => right.bound - left.bound);
}

class RankCollector implements Collector {
  limit: number;
  readonly #worthMax: number;

  constructor(
    private readonly best: TopRows,
    private readonly columns: Columns,
    private readonly question: Question,
    private readonly nowS: number,
    private readonly weight: number,
    newest: number,
  ) {
    this.#worthMax = weight * ageFactor(nowS - newest);
    this.limit = distanceLimit(best.least, this.#worthMax);
  }

  offer(row: number, distance: number): void {
    const { alive, rig, timestamp } = this.columns;
    if (alive[row] === 0 || rig[row] === this.question.excludedRig) return;
    const rank = rankOf(distance, this.weight * ageFactor(this.nowS - (timestamp[row] ?? 0)));
    if (rank < this.best.least || !this.best.offer(row, rank, distance)) return;
    this.limit = distanceLimit(this.best.least, this.#worthMax);
  }

  admits(): boolean {
    return true;
  }

  /** A row older than this one, as far away, cannot rank higher. */
  wants(timestamp: number, distance: number): boolean {
    return rankOf(distance, this.weight * ageFactor(this.nowS - timestamp)) >= this.best.least;
  }
}

class NearCollector implements Collector {
  limit: number;
  readonly #least: number;

  constructor(
    private readonly found: TopRows,
    private readonly columns: Columns,
    private readonly question: Question,
    options: NearestOptions,
  ) {
    this.limit = options.limit;
    this.#least = options.comparable ? COMMON_WEIGHT_MIN : 0;
  }

  admits(presence: number): boolean {
    return weightOf(presence & this.question.presence) >= this.#least;
  }

  offer(row: number, distance: number): void {
    const { alive, rig, presence } = this.columns;
    if (alive[row] === 0 || rig[row] === this.question.excludedRig) return;
    if (!this.admits(presence[row] ?? 0)) return;
    if (this.found.offer(row, -distance, distance) && this.found.full) this.limit = -this.found.least;
  }
}
