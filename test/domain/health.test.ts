import { expect, test } from "bun:test";
import { BACKLOG_AGE_MAX_S, health, HEALTH_DEADLINE_MS } from "../../src/domain/health.ts";
import { GAUGES_DEADLINE_MS, readGauges } from "../../src/domain/gauges.ts";
import { createLibrary } from "../../src/domain/library.ts";
import { testContext } from "../support/context.ts";
import { domainHub } from "../support/domain-hub.ts";
import { publish, type EpisodeSpec } from "../support/episode-rows.ts";
import { forEachEngine, testDatabase } from "../support/postgres.ts";
import { rejection } from "../support/rejection.ts";

const SETUP_MS = 60_000;

forEachEngine("health", (engine) => {
  const hub = domainHub(engine);
  const put: EpisodeSpec[] = [{ id: "one", rigId: "RIG-HEALTH" }];
  async function run(error: string | null): Promise<void> {
    const at = new Date(hub.context.clock.now());
    await hub.sql`
      insert into curation_runs (cause, started_at, finished_at, error) values ('schedule', ${at}, ${at}, ${error})`;
  }

  test("a new hub is healthy and says that it never curated", async () => {
    expect(await health(hub.context)).toMatchObject({
      status: "healthy",
      db_connected: true,
      library_version: 0,
      last_curation: null,
      curation_backlog: 0,
      oldest_backlog_s: null,
      quarantined: 0,
      reasons: [],
    });
  });

  test("defect 15: the version is that of now, never that of the start", async () => {
    await hub.enrol("RIG-HEALTH");
    await publish(hub.sql, { put });
    await publish(hub.sql, { archive: ["one"] });
    expect(await health(hub.context)).toMatchObject({ library_version: 2 });
  });

  test("a run that failed is degraded until one ends well, and last_curation is of the good one", async () => {
    await run(null);
    const good = new Date(hub.context.clock.now()).toISOString();
    hub.context.clock.advance(60_000);
    await run("disk full");
    expect(await health(hub.context)).toMatchObject({ status: "degraded", last_curation: good });
    hub.context.clock.advance(60_000);
    await run(null);
    expect(await health(hub.context)).toMatchObject({ status: "healthy", reasons: [] });
  });

  test("an event that waits for curation too long is degraded, and one that just came is not", async () => {
    const rig = await hub.enrol();
    const event = rig.event();
    await hub.upload(rig, event);
    hub.context.clock.advance(BACKLOG_AGE_MAX_S * 1000);
    const waiting = { status: "healthy", curation_backlog: 1, oldest_backlog_s: BACKLOG_AGE_MAX_S };
    expect(await health(hub.context)).toMatchObject(waiting);
    hub.context.clock.advance(1000);
    const late = await health(hub.context);
    expect(late).toMatchObject({ status: "degraded", db_connected: true });
    expect(late.reasons).toHaveLength(1);
  });

  test("an old event whose driller has just answered waits only since then", async () => {
    const now = new Date(hub.context.clock.now());
    await hub.sql`update events set outcome = 'Resolved', outcome_at = ${now} where needs_curation`;
    expect(await health(hub.context)).toMatchObject({ status: "healthy", oldest_backlog_s: 0 });
  });

  test("the gauges tell the same figures; a rig that was never heard of does not lag", async () => {
    const gauges = await readGauges(hub.context);
    expect(gauges).toMatchObject({
      curation_backlog: 1,
      quarantined: 0,
      library_version: 2,
      episodes_active: 0,
      episodes_archived: 1,
      rigs_active: 2,
      rigs_inactive: 0,
      rigs_revoked: 0,
      sync_lag_versions: 2,
    });
    expect(gauges?.db_size_bytes).toBeGreaterThan(1_000_000);
    expect(gauges?.last_curation_at).toBeInstanceOf(Date);
    await hub.context.sql`update rigs set last_seen = null`;
    expect(await readGauges(hub.context)).toMatchObject({ rigs_active: 2, sync_lag_versions: 0 });
  });
});

forEachEngine("health without a database", (engine) => {
  test(
    "defect 29: it is degraded and nothing is remembered; what needs the database throws instead of saying zero",
    async () => {
      const database = await testDatabase(engine);
      const context = testContext(database.sql);
      expect(await health(context)).toMatchObject({ db_connected: true });
      await database.close();
      expect(await health(context)).toMatchObject({
        status: "degraded",
        db_connected: false,
        library_version: null,
        last_curation: null,
        curation_backlog: null,
        quarantined: null,
      });
      expect(await readGauges(context)).toBeUndefined();
      const library = createLibrary(context, "/nonexistent");
      expect(await rejection(library.answer({ key: "sk-fleet-x", acceptsZstd: true }))).toBeInstanceOf(Error);
    },
    SETUP_MS,
  );

  test("a database that hangs is given up after the deadline", async () => {
    const database = await testDatabase(engine);
    const context = testContext(database.sql);
    const held = Promise.withResolvers<void>();
    const locked = Promise.withResolvers<void>();
    const blocker = database.sql.begin(async (tx) => {
      await tx`lock table quarantine in access exclusive mode`;
      locked.resolve();
      await held.promise;
    });
    await locked.promise;
    const asked = health(context);
    context.clock.advance(HEALTH_DEADLINE_MS);
    expect(await asked).toMatchObject({ status: "degraded", db_connected: false, library_version: null });
    const gauges = readGauges(context);
    context.clock.advance(GAUGES_DEADLINE_MS);
    expect(await gauges).toBeUndefined();
    held.resolve();
    await blocker;
    expect(await health(context)).toMatchObject({ status: "healthy" });
    await database.close();
  });
});
