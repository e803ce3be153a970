import { describe, expect, test } from "bun:test";
import { DAY_MS } from "../../../src/domain/curation/score.ts";
import { curationHub } from "../../support/curation-hub.ts";
import { forEachEngine } from "../../support/postgres.ts";

const T = 1_795_000_000;
const DAY_S = DAY_MS / 1000;

forEachEngine("pruning", (engine) => {
  const settings = { library_max_episodes: 3, prune_grace_days: 7, tombstone_days: 20 };
  const hub = curationHub(engine, { settings });
  const days = (count: number): void => hub.context.clock.advance(count * DAY_MS);

  async function floor(): Promise<unknown> {
    const [row] = await hub.sql`select tombstone_floor from library_state`;
    return row?.["tombstone_floor"];
  }

  describe("by age", () => {
    test("defect 15: archives on schedule, with a tombstone and a version of its own", async () => {
      const old = await hub.store({ second: T, outcome: "Resolved" });
      await hub.run("schedule");
      const before = await hub.version();
      days(366);
      expect((await hub.run("arrival")).episodes_archived).toBe(0);
      const run = await hub.run("schedule");
      expect(run).toMatchObject({ episodes_archived: 1, error: null });
      expect(run.version).toBeGreaterThan(before);
      expect(await hub.library()).toEqual([]);
      expect(await hub.tombstones()).toEqual([{ episode_id: old, reason: "age", version: run.version ?? 0 }]);
      expect(await hub.version()).toBe(run.version ?? 0);
    });

    test("takes false alarms after three months, and nothing else of that age", async () => {
      const wrong = await hub.store({ second: T, outcome: "FalsePositive" });
      const right = await hub.store({ second: T + 10_000, outcome: "Escalated" });
      await hub.run();
      days(91);
      await hub.run("schedule");
      expect(await hub.library()).toEqual([right]);
      expect(await hub.tombstones()).toMatchObject([{ episode_id: wrong, reason: "false_positive" }]);
    });

    test("leaves an old episode that came late until every rig had the time to pull it", async () => {
      const late = await hub.store({ second: T - 400 * DAY_S, outcome: "Resolved" });
      await hub.run("schedule");
      expect(await hub.library()).toEqual([late]);
      days(6);
      await hub.run("schedule");
      expect(await hub.library()).toEqual([late]);
      days(2);
      await hub.run("schedule");
      expect(await hub.library()).toEqual([]);
    });

    test("changes nothing the second time", async () => {
      await hub.store({ second: T, outcome: "Resolved" });
      await hub.run();
      days(366);
      await hub.run("schedule");
      const before = await hub.version();
      expect((await hub.run("schedule")).episodes_archived).toBe(0);
      expect(await hub.version()).toBe(before);
    });
  });

  describe("by capacity", () => {
    async function fill(count: number): Promise<string[]> {
      const ids: string[] = [];
      for (let at = 0; at < count; at++) ids.push(await hub.store({ second: T + at * 10_000, notes: "n".repeat(at) }));
      return ids;
    }

    test("defect 12: the lowest scores go, whatever their age", async () => {
      const [newest, ...ids] = (await fill(4)).toReversed();
      await hub.answer(ids.at(-1) ?? "", "Resolved", "shut in and circulated");
      await hub.answer(newest ?? "", "FalsePositive");
      await hub.run("schedule");
      expect(await hub.library()).toEqual(ids.toSorted());
      expect(await hub.tombstones()).toMatchObject([{ episode_id: newest, reason: "capacity" }]);
    });

    test("is enforced after an arrival too, once the library is over its cap by more than the slack", async () => {
      await fill(3);
      expect((await hub.run()).episodes_archived).toBe(0);
      await hub.store({ second: T + 900_000 });
      expect((await hub.run()).episodes_archived).toBe(1);
      expect(await hub.library()).toHaveLength(3);
    });
  });

  describe("an archived episode", () => {
    async function archived(): Promise<string> {
      const episode = await hub.store({ second: T, outcome: "FalsePositive" });
      await hub.run();
      days(91);
      await hub.run("schedule");
      expect(await hub.library()).toEqual([]);
      return episode;
    }

    test("comes back with an outcome that pruning would keep, and its tombstone goes", async () => {
      const episode = await archived();
      await hub.answer(episode, "Resolved", "shut in");
      const run = await hub.run();
      expect(await hub.library()).toEqual([episode]);
      expect(await hub.tombstones()).toEqual([]);
      const [row] = await hub.sql`select version, archived_reason from episodes`;
      expect(row).toEqual({ version: run.version, archived_reason: null });
    });

    test("stays away when pruning would take it again, and takes no version", async () => {
      const episode = await archived();
      const before = await hub.version();
      await hub.answer(episode, "FalsePositive", undefined, "still nothing");
      expect((await hub.run()).version).toBeNull();
      expect(await hub.library()).toEqual([]);
      expect(await hub.version()).toBe(before);
      expect((await hub.tombstones()).map((grave) => grave.episode_id)).toEqual([episode]);
      const [row] = await hub.sql`select notes from episodes`;
      expect(row).toEqual({ notes: "still nothing" });
    });

    test("stays away from a full library that is better than it", async () => {
      const episode = await archived();
      for (let at = 1; at <= 3; at++) {
        await hub.store({ second: T + 90 * DAY_S + at * 10_000, outcome: "Resolved", action_taken: "circulated" });
      }
      await hub.run();
      await hub.answer(episode, "Pending");
      await hub.run();
      expect(await hub.library()).toHaveLength(3);
      expect(await hub.library()).not.toContain(episode);
    });
  });

  describe("tombstones", () => {
    test("defect 13: are forgotten after their days, and the floor rises with them", async () => {
      await hub.store({ second: T, outcome: "FalsePositive" });
      await hub.run();
      days(91);
      const buried = (await hub.run("schedule")).version;
      days(19);
      await hub.run("schedule");
      expect(await hub.tombstones()).toHaveLength(1);
      expect(await floor()).toBe(0);
      days(2);
      await hub.run("schedule");
      expect(await hub.tombstones()).toEqual([]);
      expect(await floor()).toBe(buried);
    });
  });
});
