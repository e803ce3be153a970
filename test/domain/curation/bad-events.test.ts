import { describe, expect, test } from "bun:test";
import { createCurator } from "../../../src/domain/curation/curator.ts";
import { curationHub } from "../../support/curation-hub.ts";
import { anEventRow, storeRows } from "../../support/event-rows.ts";
import { forEachEngine, openTestDatabase } from "../../support/postgres.ts";
import { rejection } from "../../support/rejection.ts";

const T = 1_795_000_000;

forEachEngine("bad events", (engine) => {
  const hub = curationHub(engine);

  async function spoil(second: number, column: "situation" | "key_metrics" | "depth"): Promise<void> {
    const broken = {
      situation: hub.sql`situation = 'not a fingerprint'`,
      key_metrics: hub.sql`key_metrics = '{"rop": null}'`,
      depth: hub.sql`depth = 'NaN'`,
    };
    await hub.sql`update events set ${broken[column]}, needs_curation = true where id = ${`RIG-1-${second}`}`;
  }

  async function errorOf(second: number): Promise<unknown> {
    const [row] = await hub.sql`
      select needs_curation, curation_error, episode_id from events where id = ${`RIG-1-${second}`}`;
    return row;
  }

  test.each([
    ["situation", "situation is not a fingerprint"],
    ["key_metrics", "key_metrics/rop must be number"],
    ["depth", "depth is not a number"],
  ] as const)(
    "defect 22: a bad %s is set aside with its reason, and the rest of the batch is curated",
    async (column, reason) => {
      await hub.store({ second: T });
      await hub.store({ second: T + 10_000 });
      const good = await hub.store({ second: T + 20_000 });
      await spoil(T, column);
      const run = await hub.run();
      expect(run).toMatchObject({ events_failed: 1, error: null });
      expect(await hub.library()).toContain(good);
      expect(await hub.library()).toHaveLength(2);
      const aside = {
        needs_curation: false,
        curation_error: expect.stringContaining(reason) as unknown,
        episode_id: null,
      };
      expect(await errorOf(T)).toEqual(aside);
    },
  );

  test("defect 22: thousands of events are curated in one run, whatever the hour", async () => {
    const rows = Array.from({ length: 2500 }, (_, at) => anEventRow({ second: T + at * 1000 }));
    for (let from = 0; from < rows.length; from += 500) await storeRows(hub.sql, rows.slice(from, from + 500));
    expect((await hub.run()).events_read).toBe(2500);
    expect(await hub.library()).toHaveLength(2500);
  }, 30_000);

  describe("one that stood in an episode", () => {
    test("leaves it: the id moves to the event that is left", async () => {
      const before = await hub.store({ second: T, risk_level: "Critical" });
      const after = await hub.store({ second: T + 60 });
      await hub.run();
      expect(await hub.library()).toEqual([before]);
      await spoil(T, "situation");
      await hub.run();
      expect(await hub.library()).toEqual([after]);
      expect((await hub.tombstones()).map((grave) => grave.episode_id)).toEqual([before]);
    });

    test("alone takes its episode with it", async () => {
      const episode = await hub.store({ second: T });
      await hub.run();
      await spoil(T, "key_metrics");
      await hub.run();
      expect(await hub.library()).toEqual([]);
      expect((await hub.tombstones()).map((grave) => grave.episode_id)).toEqual([episode]);
    });

    test("comes back once it is repaired", async () => {
      const episode = await hub.store({ second: T });
      await spoil(T, "situation");
      await hub.run();
      await hub.sql`update events set situation = ${anEventRow().situation}, needs_curation = true`;
      await hub.run();
      expect(await hub.library()).toEqual([episode]);
      expect(await errorOf(T)).toEqual({ needs_curation: false, curation_error: null, episode_id: episode });
    });
  });

  describe("one that the database refuses", () => {
    /** As a rule that a later release adds, or a bug of ours, would do. */
    async function refuse(well: string): Promise<void> {
      await hub.sql.unsafe(`alter table episodes add constraint refuse check (well_id <> '${well}')`);
    }

    test("defect 22: is found by repeating its batch one by one, and the others go on", async () => {
      await refuse("CURSED");
      try {
        await hub.store({ second: T });
        await hub.store({ second: T + 10_000, well_id: "CURSED" });
        await hub.store({ second: T + 20_000 });
        const run = await hub.run();
        expect(run).toMatchObject({ events_read: 3, events_failed: 1, episodes_created: 2, error: null });
        expect(await errorOf(T + 10_000)).toMatchObject({
          needs_curation: false,
          curation_error: expect.stringContaining("refuse") as unknown,
        });
        expect(await hub.library()).toHaveLength(2);
      } finally {
        await hub.sql.unsafe("alter table episodes drop constraint refuse");
      }
    });
  });

  test("an outage is no fault of the events: the run fails, and they wait on", async () => {
    if (engine === "embedded") return;
    await hub.store({ second: T });
    const other = await openTestDatabase(hub.database);
    await other.close();
    expect(await rejection(createCurator({ ...hub.context, sql: other.sql }).run("arrival"))).toBeInstanceOf(Error);
    expect(await errorOf(T)).toMatchObject({ needs_curation: true, curation_error: null });
    expect((await hub.run()).events_read).toBe(1);
  });
});
