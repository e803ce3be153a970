import { afterAll, beforeAll, expect, test } from "bun:test";
import { DEMO_PLACES } from "../../scripts/demo/demo-fleet.ts";
import { seedDemo, type SeededDemo } from "../../scripts/demo/seed-demo.ts";
import { seededRandom } from "../../src/base/random.ts";
import { createCurator } from "../../src/domain/curation/curator.ts";
import { authenticateRig } from "../../src/domain/rigs.ts";
import { testContext, type TestContext } from "../support/context.ts";
import { forEachEngine, testDatabase, type TestDatabase } from "../support/postgres.ts";
import { rejection } from "../support/rejection.ts";

const DAYS = 7;
const NOW = "2026-11-25T14:30:00Z";
const SEED_MS = 120_000;

forEachEngine("the demo's past", (engine) => {
  let database: TestDatabase;
  let context: TestContext;
  let seeded: SeededDemo;
  const rows = async (query: string): Promise<object[]> => [...(await context.sql.unsafe<object[]>(query))];
  const seed = () => seedDemo({ ...context, random: seededRandom(7), cacheDir: database.dataDir, days: DAYS });

  beforeAll(async () => {
    database = await testDatabase(engine);
    context = testContext(database.sql);
    context.clock.set(NOW);
    seeded = await seed();
  }, SEED_MS);
  afterAll(() => database.close());

  test("has rigs of every state over three fields", async () => {
    expect(await rows("select status, count(*)::int as rigs from rigs group by 1 order by 1")).toEqual([
      { status: "active", rigs: 6 },
      { status: "inactive", rigs: 1 },
      { status: "revoked", rigs: 1 },
    ]);
    expect(await rows("select distinct field from rigs")).toHaveLength(3);
  });

  test("ends today, with one event of the future that waits for a person, and one id with two bodies", async () => {
    const [events] = await rows(`
      select count(*)::int as all, count(*) filter (where held)::int as held,
        count(*) filter (where not held and timestamp > timestamptz '${NOW}')::int as early,
        bool_or(not held and timestamp > timestamptz '${NOW}' - interval '1 hour') as fresh
      from events`);
    expect(events).toEqual({ all: seeded.events + 1, held: 1, early: 0, fresh: true });
    expect(await rows("select reason from quarantine where decision is null order by 1")).toEqual([
      { reason: "conflict" },
      { reason: "future_timestamp" },
    ]);
  });

  test("has answers, merges, runs and syncs", async () => {
    const [counts] = await rows(`
      select (select count(*) from outcome_log) > 50 as answers, (select count(*) from merge_audit) > 50 as merges,
        (select count(*) from curation_runs where error is null) > 15 as runs, (select count(*) from sync_log) > 20 as syncs`);
    expect(counts).toEqual({ answers: true, merges: true, runs: true, syncs: true });
  });

  test("leaves nothing to curate", async () => {
    const nothing = { events_read: 0, episodes_changed: 0, version: null };
    expect(await createCurator(context).run("arrival")).toMatchObject(nothing);
  });

  test("gives keys that open, but for the rig that was lost", async () => {
    for (const { rig_id, fate } of DEMO_PLACES) {
      const opened = authenticateRig(context, seeded.keys.get(rig_id));
      if (fate === "revoked") expect(await rejection(opened)).toMatchObject({ code: "rig_revoked" });
      else expect((await opened).rigId).toBe(rig_id);
    }
  });

  test("refuses a database that holds anything", async () => {
    expect(await rejection(seed())).toMatchObject({ code: "config" });
  });
});
