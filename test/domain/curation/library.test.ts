import { describe, expect, test } from "bun:test";
import { currentVersion, takeVersion } from "../../../src/db/versions.ts";
import { createCurator } from "../../../src/domain/curation/curator.ts";
import { MERGED_TEXT_MAX } from "../../../src/domain/curation/episode-text.ts";
import { curationHub } from "../../support/curation-hub.ts";
import { openTestDatabase, forEachEngine } from "../../support/postgres.ts";

const T = 1_795_000_000;

forEachEngine("library", (engine) => {
  const hub = curationHub(engine);

  describe("versions", () => {
    test("defect 15: the first change is version 1, and a rig that has seen nothing gets it", async () => {
      expect(await currentVersion(hub.sql)).toBe(0);
      const episode = await hub.store({ second: T });
      const run = await hub.run();
      expect(run.version).toBe(1);
      expect(await currentVersion(hub.sql)).toBe(1);
      const rows = await hub.sql`select id from episodes where version > 0`;
      expect([...rows]).toEqual([{ id: episode }]);
      const [entry] = await hub.sql`select run_id, changed, removed from library_versions`;
      expect(entry).toEqual({ run_id: run.id, changed: 1, removed: 0 });
    });

    test("are not taken for a rebuild that changes nothing, and no row is written", async () => {
      const episode = await hub.store({ second: T });
      await hub.run();
      const before = await hub.sql`select xmin::text, * from episodes`;
      await hub.sql`update events set needs_curation = true`;
      const run = await hub.run();
      expect(run).toMatchObject({ events_read: 1, episodes_changed: 0, version: null });
      expect(await hub.version()).toBe(1);
      expect(await hub.sql`select xmin::text, * from episodes`).toEqual(before);
      expect(await hub.library()).toEqual([episode]);
    });

    test("are visible in the order they are taken, whichever transaction is slower", async () => {
      if (engine === "embedded") return;
      const seen: number[] = [];
      const entry = { at: new Date(0), runId: null, changed: 1, removed: 0 };
      const slow = Promise.withResolvers<void>();
      const taken = Promise.withResolvers<void>();
      const first = hub.sql.begin(async (tx) => {
        await takeVersion(tx, entry);
        taken.resolve();
        await slow.promise;
      });
      await taken.promise;
      const second = hub.sql.begin((tx) => takeVersion(tx, entry)).then((version) => seen.push(version));
      seen.push(await currentVersion(hub.sql));
      slow.resolve();
      await Promise.all([first, second]);
      expect(seen).toEqual([0, 2]);
      expect(await currentVersion(hub.sql)).toBe(2);
    });
  });

  describe("outcomes", () => {
    test("defect 2: an outcome in the columns is in the library after the next run, with a higher score", async () => {
      const episode = await hub.store({ second: T });
      await hub.run();
      const before = await hub.episode(episode);
      await hub.answer(episode, "Resolved", "raised mud weight to 12.4 ppg", "gas down after two bottoms up");
      await hub.run();
      const after = await hub.episode(episode);
      expect(after).toMatchObject({
        outcome: { Resolved: { action_taken: "raised mud weight to 12.4 ppg" } },
        resolution_summary: "raised mud weight to 12.4 ppg",
        notes: "gas down after two bottoms up",
      });
      expect(after?.score).toBeGreaterThan((before?.score ?? 1) + 0.4);
    });

    test("defect 3: an outcome that is taken back goes down again, also when it was the episode's own", async () => {
      const episode = await hub.store({ second: T, risk_level: "Critical" });
      await hub.store({ second: T + 60 });
      await hub.answer(episode, "Resolved", "shut in");
      await hub.run();
      expect((await hub.episode(episode))?.outcome).toEqual({ Resolved: { action_taken: "shut in" } });
      const high = (await hub.episode(episode))?.score ?? 0;
      await hub.answer(episode, "FalsePositive");
      await hub.sql`update events set outcome = 'FalsePositive', needs_curation = true`;
      await hub.run();
      expect(await hub.episode(episode)).toMatchObject({ outcome: "FalsePositive", resolution_summary: "False alarm" });
      expect((await hub.episode(episode))?.score).toBeLessThan(high - 0.4);
      expect(await hub.library()).toEqual([episode]);
    });

    test("of one event lift the episode of many", async () => {
      await hub.store({ second: T, outcome: "FalsePositive", risk_level: "Critical" });
      const member = await hub.store({ second: T + 60 });
      await hub.run();
      await hub.answer(member, "Escalated", "called town");
      await hub.run();
      const [episode = ""] = await hub.library();
      expect((await hub.episode(episode))?.outcome).toEqual({ Escalated: { reason: "called town" } });
    });

    test("merge into a text of bounded length", async () => {
      const long = "x".repeat(MERGED_TEXT_MAX - 10);
      const episode = await hub.store({ second: T, risk_level: "Critical", notes: long });
      await hub.store({ second: T + 1, notes: "and what did not fit any more" });
      await hub.run();
      const notes = (await hub.episode(episode))?.notes ?? "";
      expect(notes).toHaveLength(MERGED_TEXT_MAX);
      expect(notes.endsWith("…")).toBe(true);
    });
  });

  describe("with two hubs on one database", () => {
    test("an outcome that arrives while its session is curated is never lost", async () => {
      if (engine === "embedded") return;
      const ids: string[] = [];
      for (let at = 0; at < 60; at++) ids.push(await hub.store({ second: T + at * 200, rig_id: `RIG-${at % 3}` }));
      const answering = Promise.all(ids.map((id) => hub.answer(id, "Resolved", `did ${id}`)));
      const curating = Promise.all([hub.run(), hub.run(), hub.run()]);
      await Promise.all([answering, curating]);
      await hub.run();
      const actions = await hub.sql<{ action_taken: string }[]>`select action_taken from episodes`;
      const told = actions.flatMap(({ action_taken }) => action_taken.split("; "));
      expect(told.toSorted()).toEqual(ids.map((id) => `did ${id}`).toSorted());
    }, 30_000);

    test("both curate at once, and nothing is done twice or left", async () => {
      if (engine === "embedded") return;
      const events = 400;
      for (let at = 0; at < events; at++) {
        await hub.store({ second: T + at * 100, rig_id: `RIG-${at % 7}`, depth: 9000 + (at % 5) * 40 });
      }
      const other = await openTestDatabase(hub.database);
      try {
        const hubs = [createCurator(hub.context), createCurator({ ...hub.context, sql: other.sql })];
        await Promise.all(hubs.map((curator) => curator.run("arrival")));
        await hub.run();
        const [left] = await hub.sql`select count(*) as events from events where needs_curation or episode_id is null`;
        expect(left).toEqual({ events: 0 });
        const [sum] = await hub.sql`select sum(event_count) as events from episodes`;
        expect(sum).toEqual({ events });
        const versions = await hub.sql`select version from library_versions where changed + removed = 0`;
        expect(versions).toHaveLength(0);
      } finally {
        await other.close();
      }
    }, 30_000);
  });
});
