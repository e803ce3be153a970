/**
 * `npx bun test/bench/learning.ts [--library FILE] [--queries FILE] [--labels FILE]` (jsonl or jsonl.zst): how well a
 * rig finds the case that helps, leave one rig out, with its peers in the same run. Exits 1 when a goal is missed.
 */
import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { seededRandom } from "../../src/base/random.ts";
import { groupEpisodes } from "../../src/domain/curation/sessions.ts";
import { categorise } from "../../src/recall/category.ts";
import type { RecallHit, RecallQuery } from "../../src/recall/entry.ts";
import { RecallIndex } from "../../src/recall/index.ts";
import { THINNED_FROM } from "../../src/recall/thin.ts";
import { shuffled } from "../support/shuffled.ts";
import { readCases, withoutTexts, type Case } from "./learning/cases.ts";
import { areaUnderCurve, mean, othersOf, quality, type Quality, type Ranking } from "./learning/ndcg.ts";
import { report, type Figure } from "./report.ts";
import { firstImplementation, nearestByMetrics, randomWithinCategory, robustDistance } from "./learning/peers.ts";

const GOALS = { macro: 0.78, micro: 0.83, category: 1, categoryWithoutTexts: 0.95, absenceAuc: 0.85, episodes: 183 };
const SHUFFLES = 20;

const { values: args } = parseArgs({
  options: { library: { type: "string" }, queries: { type: "string" }, labels: { type: "string" } },
});
const heldBack = args.queries !== undefined;
const labelFile = args.labels === undefined ? "labels.jsonl" : resolve(args.labels);
const library = readCases(args.library === undefined ? "events.jsonl.zst" : resolve(args.library), labelFile);
const queries = args.queries === undefined ? library : readCases(resolve(args.queries), labelFile);
const nowS = Math.max(...[...library, ...queries].map(({ event }) => event.timestamp));

function hitsOf(query: Case, others: readonly Case[], limit: number): readonly RecallHit[] {
  const index = new RecallIndex();
  index.upsertMany(others.map(({ entry }) => entry));
  const { situation, category, campaign, depth_ft } = query.entry;
  const asked: RecallQuery = { situation, category, campaign, depth_ft };
  return index.query(asked, nowS, limit).hits;
}

function found(hits: readonly RecallHit[], others: readonly Case[]): Case[] {
  const byId = new Map(others.map((other) => [other.entry.id, other]));
  return hits.map(({ id }) => byId.get(id)).filter((other) => other !== undefined);
}

const byFingerprint: Ranking = (query, others) =>
  found(
    hitsOf(query, others, THINNED_FROM).toSorted((left, right) => right.rank - left.rank),
    others,
  );
const asShown: Ranking = (query, others) => found(hitsOf(query, others, 5), others);

function ranked(name: string, { macro, micro }: Quality): void {
  console.log(`nDCG@5 ${name.padEnd(44)} macro ${macro.toFixed(3)} micro ${micro.toFixed(3)}`);
}

/** How well the distance of the nearest case tells a library without the query's family from one that has it. */
function absenceAuc(): number {
  const nearest = (query: Case, others: readonly Case[]): number =>
    Math.min(...hitsOf(query, others, THINNED_FROM).map(({ d_all }) => d_all));
  const asking = queries
    .map((query) => ({ query, others: othersOf(query, library) }))
    .filter(({ query, others }) => query.family !== "" && others.some(({ family }) => family === query.family));
  const absent = asking.map(({ query, others }) =>
    nearest(
      query,
      others.filter(({ family }) => family !== query.family),
    ),
  );
  return areaUnderCurve(
    absent,
    asking.map(({ query, others }) => nearest(query, others)),
  );
}

function accuracy(bare: boolean): number {
  return mean(
    queries.map(({ event, labelled }) =>
      categorise(bare ? withoutTexts(event) : event).category === labelled ? 1 : 0,
    ),
  );
}

/** The episode counts that shuffled orders give: one, or grouping depends on the order. */
function episodeCounts(): Set<number> {
  const counts = Array.from({ length: SHUFFLES }, (_, seed) => {
    const bySubject = Map.groupBy(
      shuffled(library, seededRandom(seed)),
      ({ entry }) => `${entry.rig_id} ${entry.category}`,
    );
    return [...bySubject.values()].reduce((sum, cases) => sum + groupEpisodes(cases.map(sessionEvent)).length, 0);
  });
  return new Set(counts);
}

function sessionEvent({ event, entry }: Case) {
  const { id, timestamp, advisory } = event;
  return { id, timestamp, depth_ft: entry.depth_ft, risk_level: advisory.risk_level, apart: false };
}

const chance = Array.from({ length: SHUFFLES }, (_, seed) => quality(queries, library, randomWithinCategory(seed)));
ranked("random within the category", {
  macro: mean(chance.map(({ macro }) => macro)),
  micro: mean(chance.map(({ micro }) => micro)),
  byFamily: new Map(),
});
ranked("the first implementation", quality(queries, library, firstImplementation));
ranked("nearest neighbours, z-scored key metrics", quality(queries, library, nearestByMetrics));
ranked("robust distance of metrics, depth, campaign", quality(queries, library, robustDistance));
const ours = quality(queries, library, byFingerprint);
const shown = quality(queries, library, asShown);
ranked("the fingerprint", ours);
ranked("the fingerprint, thinned as shown", shown);
for (const [family, scores] of shown.byFamily) {
  console.log(
    `  ${family} (${scores.length}) ${mean(ours.byFamily.get(family) ?? []).toFixed(2)}, shown ${mean(scores).toFixed(2)}`,
  );
}

const counts = [...episodeCounts()];
const [least, most] = [Math.min(...counts), Math.max(...counts)];
/** Held-back events have no goals: they are looked at, not tuned on. */
const goal = (atLeast: number): Pick<Figure, "atLeast"> => (heldBack ? {} : { atLeast });
const exactly = heldBack ? { atMost: least } : { atLeast: GOALS.episodes, atMost: GOALS.episodes };
const figures: Figure[] = [
  { name: "ranking, macro by family", value: ours.macro, unit: "nDCG@5", ...goal(GOALS.macro) },
  { name: "ranking, micro", value: ours.micro, unit: "nDCG@5", ...goal(GOALS.micro) },
  { name: "shown, macro by family", value: shown.macro, unit: "nDCG@5", ...goal(GOALS.macro) },
  { name: "shown, micro", value: shown.micro, unit: "nDCG@5", ...goal(GOALS.micro) },
  { name: "category", value: accuracy(false), unit: "share", ...goal(GOALS.category) },
  { name: "category without texts", value: accuracy(true), unit: "share", ...goal(GOALS.categoryWithoutTexts) },
  { name: "absence of a family", value: absenceAuc(), unit: "AUC", ...goal(GOALS.absenceAuc) },
  { name: `episodes, least of ${SHUFFLES} orders`, value: least, unit: "", ...exactly },
  { name: `episodes, most of ${SHUFFLES} orders`, value: most, unit: "", ...exactly },
];
process.exit(report(figures));
