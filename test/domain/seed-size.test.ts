import { expect, test } from "bun:test";
import { LARGE, LARGE_BYTES_MAX, seedLarge } from "../../scripts/demo/seed-large.ts";
import { seededRandom } from "../../src/base/random.ts";
import { testContext } from "../support/context.ts";
import { forEachEngine, testDatabase, type TestDatabase } from "../support/postgres.ts";

const SCALE = 0.005;
const SEED = 20_261_125;
const NOW = "2026-11-25T14:30:00Z";
const SEED_MS = 120_000;
/** What grows with the events; the rest is the same few megabytes at any scale. */
const GROWING =
  "{events,outcome_log,merge_audit,episodes,library_changes,library_versions,tombstones,daily_counts,rig_days,sync_log}";

forEachEngine("the large seed", (engine) => {
  test(
    "takes so little an event that a million of them stay below the limit, with all that hangs on them",
    async () => {
      const database = await testDatabase(engine);
      const empty = await sizeOf(database);
      const context = testContext(database.sql);
      context.clock.set(NOW);
      const { events } = await seedLarge({ ...context, random: seededRandom(SEED), scale: SCALE });
      const bytesAnEvent = ((await sizeOf(database)) - empty) / events;
      await database.close();
      expect(bytesAnEvent * LARGE.events).toBeLessThan(LARGE_BYTES_MAX);
      // It is of whole events: less than this would be a seed that left something out.
      expect(bytesAnEvent).toBeGreaterThan(1000);
    },
    SEED_MS,
  );
});

/** Without the maps of free space, which have the same few pages in a small table and in a large one. */
async function sizeOf({ sql }: TestDatabase): Promise<number> {
  const [row] = await sql<{ bytes: number }[]>`
    with growing as (
      select oid, reltoastrelid as toast from pg_class
      where relnamespace = current_schema()::regnamespace and relname = any(${GROWING}::text::text[]) and relkind = 'r'
    )
    select (select sum(pg_relation_size(oid) + case when toast = 0 then 0 else pg_relation_size(toast) end) from growing)::bigint
      + (select sum(pg_relation_size(indexrelid)) from pg_index
        where indrelid in (select oid from growing union select toast from growing))::bigint as bytes`;
  return row?.bytes ?? Number.NaN;
}
