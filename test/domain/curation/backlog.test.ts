import { expect, test } from "bun:test";
import { BATCH_EVENTS } from "../../../src/domain/curation/backlog.ts";
import { episodeId } from "../../../src/wire/identity.ts";
import { curationHub } from "../../support/curation-hub.ts";
import { anEventRow, storeRows } from "../../support/event-rows.ts";
import { forEachEngine } from "../../support/postgres.ts";

/** The embedded database beside a busy machine. */
const LONG_MS = 60_000;
const FIRST_SECOND = 1_794_000_000;
/** Past the gap that parts sessions. */
const APART_S = 700;

forEachEngine("what waits for curation", (engine) => {
  const hub = curationHub(engine);

  /** Events that stand alone, one an episode. */
  async function storeMany(count: number): Promise<void> {
    const rows = Array.from({ length: count }, (_, at) => anEventRow({ second: FIRST_SECOND + at * APART_S }));
    await storeRows(hub.sql, rows);
  }

  test(
    "defect 22: one run takes all that waits, however much it is",
    async () => {
      const waiting = BATCH_EVENTS + 50;
      await storeMany(waiting);
      expect(await hub.run()).toMatchObject({ events_read: waiting, episodes_created: waiting });
      expect(await hub.library()).toHaveLength(waiting);
    },
    LONG_MS,
  );

  test("defect 22: a bad row is set aside with its reason, and the others are curated", async () => {
    await storeMany(3);
    const bad = anEventRow({ second: FIRST_SECOND + APART_S });
    await hub.sql`update events set key_metrics = '{"rop": "fast"}' where id = ${bad.id}`;
    expect(await hub.run()).toMatchObject({ events_failed: 1, error: null });
    expect(await hub.library()).toHaveLength(2);
    expect(await hub.episode(episodeId(bad.id))).toBeUndefined();
    const waiting = await hub.sql`select needs_curation, curation_error from events where id = ${bad.id}`;
    expect([...waiting]).toEqual([{ needs_curation: false, curation_error: expect.stringContaining("key_metrics") }]);
  });
});
