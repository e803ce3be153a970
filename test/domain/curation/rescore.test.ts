import { describe, expect, test } from "bun:test";
import { seededRandom, unitInterval } from "../../../src/base/random.ts";
import { scoresInSql } from "../../../src/db/scores.ts";
import { rescoreLibrary, scoreFormula } from "../../../src/domain/curation/rescore.ts";
import {
  DAY_MS,
  PUBLISH_STEP,
  SCORE_STEP,
  diversityOf,
  scoreOf,
  sharesOf,
} from "../../../src/domain/curation/score.ts";
import { newTally } from "../../../src/domain/curation/tally.ts";
import { episodeCounts } from "../../../src/db/episodes.ts";
import { CATEGORIES, OUTCOME_NAMES, type Category, type OutcomeName } from "../../../src/wire/vocabulary.ts";
import { curationHub } from "../../support/curation-hub.ts";
import { anEventRow, storeRows } from "../../support/event-rows.ts";
import { forEachEngine } from "../../support/postgres.ts";

const SEED = 20_261_123;
const T = 1_795_000_000;

forEachEngine("re-scoring", (engine) => {
  const hub = curationHub(engine);

  async function writer() {
    const shares = sharesOf(await episodeCounts(hub.sql));
    return { settings: hub.context.settings, at: new Date(hub.context.clock.now()), runId: null, shares };
  }

  async function rescore(): Promise<number> {
    const tally = newTally();
    await rescoreLibrary({ sql: hub.sql, writer: await writer(), tally, signal: new AbortController().signal });
    return tally.counts.episodes_rescored;
  }

  /** So that shares no longer move when the clock does. */
  async function settled(): Promise<void> {
    await hub.run();
    await rescore();
  }

  const days = (count: number): void => hub.context.clock.advance(count * DAY_MS);

  test("reckons in SQL what it reckons in TypeScript, on random episodes", async () => {
    const random = seededRandom(SEED);
    const of = <T>(all: readonly T[], fallback: T): T => all[random.u32() % all.length] ?? fallback;
    const rows = Array.from({ length: 300 }, (_, at) =>
      anEventRow({
        second: T - Math.floor(unitInterval(random) * 4e7) + at,
        rig_id: `RIG-${random.u32() % 5}`,
        category: of<Category>(CATEGORIES, "None"),
        outcome: of<OutcomeName>(OUTCOME_NAMES, "Pending"),
        action_taken: of(["ok", "shut in", null], null),
        notes: of(["a word", null], null),
        snapshots: of([1, 60], 1),
        depth: 1000 * at,
      }),
    );
    await storeRows(hub.sql, rows);
    await hub.run();
    const formula = await writer();
    const stored = await hub.sql<
      { id: string; rig_id: string; category: Category; outcome: OutcomeName; timestamp: Date; detail: number }[]
    >`select id, rig_id, category, outcome, timestamp, detail from episodes`;
    const inSql = await scoresInSql(
      hub.sql,
      scoreFormula(formula),
      stored.map(({ id }) => id),
    );
    expect(inSql.size).toBe(300);
    for (const row of stored) {
      const score = scoreOf({ ...row, diversity: diversityOf(row, formula.shares) }, formula.at, 30);
      expect(inSql.get(row.id)).toBeCloseTo(score, 12);
    }
  });

  describe("an episode that ages", () => {
    test("defect 23: loses score without any event, and rigs learn of it in time", async () => {
      const episode = await hub.store({ second: T, outcome: "Resolved", action_taken: "shut in" });
      await settled();
      const fresh = (await hub.episode(episode))?.score ?? 0;
      days(180);
      const run = await hub.run("schedule");
      expect(run.episodes_rescored).toBe(1);
      const aged = (await hub.episode(episode))?.score ?? 0;
      expect(aged).toBeLessThan(fresh - 0.1);
      expect(run.version).toBe(await hub.version());
      const [row] = await hub.sql`select version, published_score from episodes`;
      expect(row).toEqual({ version: await hub.version(), published_score: aged });
    });

    test("is not written before its score moved by the smallest step", async () => {
      await hub.store({ second: T });
      await settled();
      const before = await hub.sql`select xmin::text from episodes`;
      hub.context.clock.advance(3_600_000);
      expect(await rescore()).toBe(0);
      expect(await hub.sql`select xmin::text from episodes`).toEqual(before);
    });

    test("is stored daily, and told to rigs no oftener than the publishing step allows", async () => {
      await hub.store({ second: Math.floor(hub.context.clock.now() / 1000), outcome: "Resolved" });
      await settled();
      const first = await hub.version();
      let written = 0;
      for (let day = 0; day < 60; day++) {
        days(1);
        written += await rescore();
      }
      expect(written).toBeGreaterThan(50);
      expect((await hub.version()) - first).toBe(3);
      const [row] = await hub.sql<{ score: number; published_score: number }[]>`
        select score, published_score from episodes`;
      expect(Math.abs((row?.score ?? 0) - (row?.published_score ?? 1))).toBeLessThan(PUBLISH_STEP);
      const { at, settings, shares } = await writer();
      const exact = scoreFormula({ at, settings, shares, runId: null });
      const [now = 0] = (await scoresInSql(hub.sql, exact, await hub.library())).values();
      expect(Math.abs((row?.score ?? 0) - now)).toBeLessThan(SCORE_STEP);
    });

    test("sinks when nobody answers it, and rises when somebody does", async () => {
      const episode = await hub.store({ second: T });
      await settled();
      days(31);
      await hub.run("schedule");
      expect((await hub.episode(episode))?.score).toBe(0.05);
      await hub.answer(episode, "Resolved", "shut in and circulated");
      await hub.run();
      expect((await hub.episode(episode))?.score).toBeGreaterThan(0.7);
    });

    test("keeps a body that a rebuild recognises: no version for nothing afterwards", async () => {
      await hub.store({ second: T });
      await settled();
      days(40);
      await hub.run("schedule");
      await hub.sql`update events set needs_curation = true`;
      expect(await hub.run()).toMatchObject({ events_read: 1, episodes_changed: 0, version: null });
    });
  });

  test("stops between pages when it is told to", async () => {
    await hub.store({ second: T });
    const tally = newTally();
    await rescoreLibrary({ sql: hub.sql, writer: await writer(), tally, signal: AbortSignal.abort() });
    expect(tally.counts.episodes_rescored).toBe(0);
  });
});
