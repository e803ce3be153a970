/**
 * `npx bun test/bench/curation.ts`: how fast events become episodes on an empty library and on one of 50,000, how long
 * the library takes to re-score, and the longest transaction of all, on a PostgreSQL of its own.
 */
import type { Sql } from "postgres";
import { episodeCounts } from "../../src/db/episodes.ts";
import { executeRun } from "../../src/domain/curation/execute-run.ts";
import { pruneExcess } from "../../src/domain/curation/prune.ts";
import { rescoreLibrary } from "../../src/domain/curation/rescore.ts";
import { SCORE_STEP, sharesOf } from "../../src/domain/curation/score.ts";
import type { Step } from "../../src/domain/curation/step.ts";
import { newTally } from "../../src/domain/curation/tally.ts";
import { testContext, type TestContext } from "../support/context.ts";
import { testDatabase } from "../support/postgres.ts";
import { seedEvents, seedLibrary, seedRigs, settleTables } from "./curation-seed.ts";
import { report, type Figure } from "./report.ts";

const LIBRARY = 50_000;
const EVENTS = 10_000;
const WARM_UP = 1000;
const ROUNDS = 2;
const HOUR_MS = 3_600_000;
const PRUNED = 5000;

const never = new AbortController().signal;

interface Stopwatch {
  readonly sql: Sql;
  /** Of the longest transaction since it was asked last. */
  readonly longestMs: () => number;
}

/** The same client, which notes how long each transaction took. */
function stopwatch(sql: Sql): Stopwatch {
  let longest = 0;
  const begin: Sql["begin"] = async (...args: unknown[]) => {
    const startMs = performance.now();
    const result = await sql.begin(...(args as Parameters<Sql["begin"]>));
    longest = Math.max(longest, performance.now() - startMs);
    return result as never;
  };
  const watched = new Proxy(sql, {
    get: (target, name) => (name === "begin" ? begin : (Reflect.get(target, name) as unknown)),
  });
  const longestMs = (): number => {
    const value = longest;
    longest = 0;
    return value;
  };
  return { sql: watched, longestMs };
}

interface Curated {
  readonly eventsPerS: number;
  readonly longestBatchMs: number;
}

/** The best of some rounds, for either figure: what is above it on a shared machine belongs to others. */
async function curate(watch: Stopwatch, context: TestContext, library: number): Promise<Curated> {
  let next = library * 2;
  let best: Curated = { eventsPerS: 0, longestBatchMs: Number.POSITIVE_INFINITY };
  for (const count of [WARM_UP, ...Array.from({ length: ROUNDS }, () => EVENTS)]) {
    await seedEvents(context.sql, count, next);
    next += count;
    await settleTables(context.sql);
    watch.longestMs();
    const startMs = performance.now();
    const run = await executeRun(context, "arrival", never);
    const seconds = (performance.now() - startMs) / 1000;
    if (run.events_read !== count || run.events_failed > 0) throw new Error(`${run.events_read} of ${count} events`);
    const longestBatchMs = Math.min(best.longestBatchMs, watch.longestMs());
    if (count === EVENTS) best = { eventsPerS: Math.max(best.eventsPerS, count / seconds), longestBatchMs };
  }
  return best;
}

async function aStep(context: TestContext): Promise<Step> {
  const at = new Date(context.clock.now());
  const shares = sharesOf(await episodeCounts(context.sql));
  return {
    sql: context.sql,
    writer: { settings: context.settings, at, runId: null, shares },
    tally: newTally(),
    signal: never,
  };
}

/** A library in which every score is between nothing and one step old, as hourly runs leave it. */
async function spread(context: TestContext): Promise<void> {
  await context.sql`update episodes set score = -1`;
  await rescoreLibrary(await aStep(context));
  await context.sql`update episodes set score = score + random() * ${SCORE_STEP}`;
  await settleTables(context.sql);
}

async function empty(): Promise<Figure[]> {
  const database = await testDatabase("server");
  await seedRigs(database.sql);
  const watch = stopwatch(database.sql);
  const { eventsPerS, longestBatchMs } = await curate(watch, testContext(watch.sql), 0);
  await database.close();
  return [
    { name: "curation, empty library", value: eventsPerS, unit: "events/s" },
    { name: "  longest batch", value: longestBatchMs, unit: "ms", atMost: 100 },
  ];
}

async function full(emptyRate: number): Promise<Figure[]> {
  const database = await testDatabase("server");
  const watch = stopwatch(database.sql);
  const context = testContext(watch.sql, { settings: { library_max_episodes: 10 * LIBRARY } });
  context.clock.set("2026-11-23T00:00:00Z");
  await seedRigs(context.sql);
  await seedLibrary(context.sql, LIBRARY);
  await spread(context);
  const { eventsPerS, longestBatchMs } = await curate(watch, context, LIBRARY);
  const figures: Figure[] = [
    { name: `curation, library of ${LIBRARY}`, value: eventsPerS, unit: "events/s" },
    { name: "  of its rate on an empty one", value: eventsPerS / emptyRate, unit: "×", atLeast: 0.7 },
    { name: "  longest batch", value: longestBatchMs, unit: "ms", atMost: 100 },
  ];
  await spread(context);
  context.clock.advance(HOUR_MS);
  figures.push(...(await rescore(watch, context, { name: "re-score after an hour", unit: "ms", atMost: 500 })));
  context.clock.advance(30 * 24 * HOUR_MS);
  figures.push(...(await rescore(watch, context, { name: "re-score after a month", unit: "ms" })));
  figures.push(await prune(watch, context));
  await database.close();
  return figures;
}

async function rescore(watch: Stopwatch, context: TestContext, goal: Omit<Figure, "value">): Promise<Figure[]> {
  await settleTables(context.sql);
  const step = await aStep(context);
  watch.longestMs();
  const startMs = performance.now();
  await rescoreLibrary(step);
  return [
    { ...goal, value: performance.now() - startMs },
    { name: "  moved", value: step.tally.counts.episodes_rescored, unit: "episodes" },
    { name: "  longest chunk", value: watch.longestMs(), unit: "ms", atMost: 100 },
  ];
}

async function prune(watch: Stopwatch, context: TestContext): Promise<Figure> {
  await settleTables(context.sql);
  const counts = await episodeCounts(context.sql);
  const cap = counts.reduce((sum, { episodes }) => sum + episodes, 0) - PRUNED;
  watch.longestMs();
  await pruneExcess(await aStep({ ...context, settings: { ...context.settings, library_max_episodes: cap } }));
  return { name: `pruning of ${PRUNED}, longest chunk`, value: watch.longestMs(), unit: "ms", atMost: 100 };
}

const first = await empty();
const second = await full(first[0]?.value ?? 0);
process.exit(report([...first, ...second]));
