/**
 * `npx bun test/bench/recall.ts`: time of an answer (five hits with reasons and texts) over 50,000 and 500,000
 * episodes, against a plain scan of the same columns in the same run, which it must equal every time.
 */
import { seededRandom } from "../../src/base/random.ts";
import { RecallIndex } from "../../src/recall/index.ts";
import type { IndexEntry, RecallAnswer, RecallQuery } from "../../src/recall/entry.ts";
import { precedentText } from "../../src/recall/precedent-text.ts";
import { eventOutcome } from "../../src/wire/outcome.ts";
import type { FleetEpisode } from "../../src/wire/episode.ts";
import { fixtureEvents } from "../support/fixtures.ts";
import { report, type Figure } from "./report.ts";
import { plainScan } from "../support/plain-scan.ts";
import { entryOfEvent, syntheticEntries, SYNTHETIC_NOW_S, syntheticQuery } from "../support/synthetic-library.ts";

const SHOWN = 5;
const WARM_UP = 200;
const ROUNDS = { index: 7, scan: 3 };
const FASTER_MIN = 2;

interface Size {
  readonly episodes: number;
  readonly queries: number;
  readonly p99MaxUs: number;
}

const SIZES: readonly Size[] = [
  { episodes: 50_000, queries: 1_000, p99MaxUs: 500 },
  { episodes: 500_000, queries: 200, p99MaxUs: 4_000 },
];

function quantile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

type Ask = (query: RecallQuery) => RecallAnswer;

/** µs of each query, sorted. The least of some rounds: what is above it on a shared machine belongs to others. */
function timed(
  ask: Ask,
  queries: readonly RecallQuery[],
  texts: (answer: RecallAnswer) => string[],
  rounds: number,
): Float64Array {
  const least = new Float64Array(queries.length).fill(Number.POSITIVE_INFINITY);
  for (const query of queries.slice(0, WARM_UP)) texts(ask(query));
  for (let round = 0; round < rounds; round++) {
    for (const [at, query] of queries.entries()) {
      const startedMs = performance.now();
      texts(ask(query));
      least[at] = Math.min(least[at] ?? 0, (performance.now() - startedMs) * 1000);
    }
  }
  return least.toSorted();
}

function episodeOf(entry: IndexEntry): FleetEpisode {
  return {
    ...entry,
    depth_range: [entry.depth_ft, entry.depth_ft],
    risk_level: "High",
    severity: "Critical",
    resolution_summary: entry.action_text,
    outcome: eventOutcome({ outcome: entry.outcome, action_taken: entry.action_text }),
    key_metrics: {
      mse_efficiency: 90,
      flow_balance: 1,
      d_exponent: 1,
      torque_delta_percent: 1,
      ecd_margin: 1,
      rop: 50,
    },
    situation: "",
    score: 0.5,
  };
}

function measure({ episodes, queries: count, p99MaxUs }: Size): Figure[] {
  const random = seededRandom(episodes);
  const seeds = fixtureEvents().map(entryOfEvent);
  const entries = syntheticEntries(seeds, episodes, random);
  const queries = Array.from({ length: count }, () => syntheticQuery(seeds, random));
  const byId = new Map(entries.map((entry) => [entry.id, entry]));
  const texts = ({ hits }: RecallAnswer): string[] =>
    hits.map(({ id }) => byId.get(id)).flatMap((entry) => (entry === undefined ? [] : precedentText(episodeOf(entry))));

  const loadingFrom = performance.now();
  const index = new RecallIndex();
  index.upsertMany(entries);
  index.settle();
  const loadedMs = performance.now() - loadingFrom;
  const snapshot = index.toSnapshot();
  const openingFrom = performance.now();
  const opened = RecallIndex.fromSnapshot(snapshot);
  opened.settle();
  const openedMs = performance.now() - openingFrom;
  const scan = plainScan(entries);
  const byIndex: Ask = (query) => opened.query(query, SYNTHETIC_NOW_S, SHOWN);
  const byScan: Ask = (query) => scan.query(query, SYNTHETIC_NOW_S, SHOWN);

  const ours = timed(byIndex, queries, texts, ROUNDS.index);
  const theirs = timed(byScan, queries.slice(0, count / 2), texts, ROUNDS.scan);
  const equal = queries.filter((query) => Bun.deepEquals(byIndex(query), byScan(query), true)).length;
  const figure = (
    what: string,
    value: number,
    unit: string,
    goal: Pick<Figure, "atLeast" | "atMost"> = {},
  ): Figure => ({
    name: `recall ${episodes} ${what}`,
    value,
    unit,
    ...goal,
  });
  const [median, tail] = [0.5, 0.99];
  const faster = { atLeast: FASTER_MIN };
  return [
    figure("load", loadedMs, "ms"),
    figure(`load from ${(snapshot.length / 1e6).toFixed(1)} MB snapshot`, openedMs, "ms"),
    figure("plain scan p50", quantile(theirs, median), "µs"),
    figure("plain scan p99", quantile(theirs, tail), "µs"),
    figure("p50", quantile(ours, median), "µs"),
    figure("p99", quantile(ours, tail), "µs", { atMost: p99MaxUs }),
    figure("scan over index, p50", quantile(theirs, median) / quantile(ours, median), "×", faster),
    figure("scan over index, p99", quantile(theirs, tail) / quantile(ours, tail), "×", faster),
    figure("equal to the scan", equal, `of ${count}`, { atLeast: count }),
  ];
}

process.exit(report(SIZES.flatMap(measure)));
