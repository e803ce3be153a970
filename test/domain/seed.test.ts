import { afterAll, beforeAll, expect, test } from "bun:test";
import { seedLarge, type SeededFleet } from "../../scripts/demo/seed-large.ts";
import { seededRandom } from "../../src/base/random.ts";
import { EVENT_JSON_MAX } from "../../src/base/limits.ts";
import { sameBytes, sha256 } from "../../src/base/digest.ts";
import { createCurator } from "../../src/domain/curation/curator.ts";
import { decodeEvent } from "../../src/wire/codec.ts";
import { fleetEpisodeSchema } from "../../src/wire/episode.ts";
import { testContext, type TestContext } from "../support/context.ts";
import { forEachEngine, testDatabase, type TestDatabase } from "../support/postgres.ts";
import { rejection } from "../support/rejection.ts";

const SCALE = 0.001;
const SEED = 20_261_125;
const NOW = "2026-11-25T14:30:00Z";
const SEED_MS = 120_000;

forEachEngine("the large seed", (engine) => {
  let database: TestDatabase;
  let context: TestContext;
  let seeded: SeededFleet;
  const rows = async <T extends object>(query: string): Promise<T[]> => [...(await context.sql.unsafe<T[]>(query))];
  const seed = (into: TestContext) => seedLarge({ ...into, random: seededRandom(SEED), scale: SCALE });

  beforeAll(async () => {
    database = await testDatabase(engine);
    context = testContext(database.sql);
    context.clock.set(NOW);
    seeded = await seed(context);
  }, SEED_MS);
  afterAll(() => database.close());

  test("has a fleet's every state, and more than one page of what waits for a person", async () => {
    const [counts] = await rows(`
      select (select count(*) from events where not held)::int as events,
        (select count(*) from episodes)::int as episodes,
        (select count(distinct status) from rigs)::int as states,
        (select count(*) from quarantine where decision is null and reason = 'conflict')::int as conflicts,
        (select count(*) from quarantine where decision is null and reason <> 'conflict')::int as future,
        (select count(*) from admin_audit where action = 'rig.revoke' and extract(month from at) = 5)::int as may`);
    expect(counts).toEqual({
      events: seeded.events,
      episodes: seeded.episodes,
      states: 3,
      conflicts: 46,
      future: 4,
      may: 5,
    });
  });

  test("counts its events as they are", async () => {
    const fromEvents = `
      select category, outcome, campaign, count(*)::int as events from events group by 1, 2, 3 order by 1, 2, 3`;
    const counted = (table: string) => `
      select category, outcome, campaign, sum(events)::int as events from ${table} group by 1, 2, 3 order by 1, 2, 3`;
    const events = await rows(fromEvents);
    for (const table of ["daily_counts", "fleet_days", "depth_months"])
      expect(await rows(counted(table))).toEqual(events);
    expect(
      await rows(`
        select rig_id from rigs join (select rig_id, count(*) as stored from events group by 1) own using (rig_id)
        where event_count <> stored`),
    ).toEqual([]);
  });

  test("opens every event from its own frame, as ingest would have stored it", async () => {
    const stored = await context.sql<{ id: string; frame: Uint8Array; digest: Uint8Array; body_bytes: number }[]>`
      select id, frame, digest, body_bytes from events`;
    const unreadable = stored.filter(({ id, frame, digest, body_bytes }) => {
      const json = context.zstd.decompress(frame, EVENT_JSON_MAX);
      return decodeEvent(json).id !== id || json.byteLength !== body_bytes || !sameBytes(sha256(json), digest);
    });
    expect(unreadable).toEqual([]);
  });

  test("keeps only twins that differ from what is stored", async () => {
    const twins = await context.sql<{ same: boolean; frame: Uint8Array; event_id: string }[]>`
      select q.digest = e.digest as same, q.frame, q.event_id
      from quarantine q join events e on e.id = q.event_id where q.reason = 'conflict'`;
    expect(twins).toHaveLength(60);
    for (const { same, frame, event_id } of twins) {
      expect(same).toBe(false);
      expect(decodeEvent(context.zstd.decompress(frame, EVENT_JSON_MAX)).id).toBe(event_id);
    }
  });

  test("leaves versions that follow each other, and changes of each of them", async () => {
    const [versions] = await rows(`
      select max(version)::int as newest, count(*)::int as all,
        (select count(*) from episodes e left join library_versions v using (version) where v.version is null)::int as lost,
        (select count(*) from tombstones where version <= (select tombstone_floor from library_state))::int as buried,
        (select count(*) from (
          select version from library_versions v left join library_changes using (version)
          group by version having count(episode_id) <> changed + removed) odd)::int as odd
      from library_versions`);
    expect(versions).toEqual({ newest: seeded.versions, all: seeded.versions, lost: 0, buried: 0, odd: 0 });
  });

  test("gives rigs episodes that they can read", async () => {
    const episodes = await rows<{ body: string }>("select body from episodes where not archived");
    for (const { body } of episodes) fleetEpisodeSchema.parse(JSON.parse(body));
    expect(episodes.length).toBeGreaterThan(30);
  });

  test(
    "is what curation says of its events: to curate all of them anew changes nothing",
    async () => {
      await context.sql`update events set needs_curation = true where not held`;
      const run = await createCurator(context).run("request");
      expect(run).toMatchObject({
        events_read: seeded.events,
        episodes_created: 0,
        episodes_changed: 0,
        events_merged: 0,
        episodes_rescored: 0,
        episodes_archived: 0,
        events_failed: 0,
        version: null,
      });
    },
    SEED_MS,
  );

  test(
    "tells of each merge what curation would",
    async () => {
      const merges = "select episode_id, event_id, delta_depth_ft, delta_s from merge_audit order by 1, 2";
      const before = await rows(merges);
      await context.sql`truncate episodes, merge_audit, tombstones`;
      await context.sql`update events set needs_curation = true, episode_id = null where not held`;
      await createCurator(context).run("arrival");
      expect(await rows(merges)).toEqual(before);
    },
    SEED_MS,
  );

  test(
    "makes the same of the same seed",
    async () => {
      const again = await testDatabase(engine);
      try {
        const other = testContext(again.sql);
        other.clock.set(NOW);
        expect(await seed(other)).toEqual(seeded);
        const digests = "select md5(string_agg(id || encode(digest, 'hex'), ',' order by id)) as all from events";
        expect([...(await other.sql.unsafe(digests))]).toEqual(await rows(digests));
      } finally {
        await again.close();
      }
    },
    SEED_MS,
  );

  test("refuses a database that holds anything", async () => {
    expect(await rejection(seed(context))).toMatchObject({ code: "config" });
  });
});
