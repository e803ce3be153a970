import { expect, test } from "bun:test";
import { KIB } from "../../../src/base/limits.ts";
import { LIBRARY_PAGE_DEFAULT } from "../../../src/wire/library.ts";
import { enrolRigs, fillLibrary, publish, rigKey } from "../../support/episode-rows.ts";
import { hubLibrary } from "../../support/hub-library.ts";
import { ask, modelRig, pullPage } from "../../support/library-client.ts";
import { forEachEngine, type Engine } from "../../support/postgres.ts";

/** The embedded database flushes each of some 1,000 commits to the disk. */
const EPISODES: Readonly<Record<Engine, number>> = { server: 50_000, embedded: 10_000 };
const RIGS = 20;
const PAGE_BYTES_MAX = 64 * KIB;
const TEST_MS = 180_000;

forEachEngine("a large library", (engine) => {
  const hub = hubLibrary(engine, []);

  test(
    "defect 10: pages cover every episode exactly once while others change, and resume after cuts",
    async () => {
      await enrolRigs(
        hub.sql,
        Array.from({ length: RIGS }, (_, at) => `RIG-${at + 1}`),
      );
      const version = await fillLibrary(hub.sql, { episodes: EPISODES[engine], rigs: RIGS });
      await hub.sql`analyze episodes`;
      const times = new Map<string, number>();
      const changed = new Set<string>();
      let page: string | null | undefined;
      let pages = 0;
      while (page !== null) {
        const asked = page === undefined ? { since: 0 } : { page };
        // Every seventh reply is lost on the way: the same page is asked for again.
        if (pages % 7 === 3) await ask(hub.library, "RIG-1", asked);
        const reply = await ask(hub.library, "RIG-1", asked);
        for (const { id } of reply?.episodes ?? []) times.set(id, (times.get(id) ?? 0) + 1);
        if (pages % 40 === 5) await change(pages, changed);
        expect(reply?.version).toBe(version);
        page = reply?.next ?? null;
        pages += 1;
      }
      const rows = await hub.sql<{ id: string }[]>`
        select id from episodes where rig_id <> 'RIG-1' and version <= ${version} and not archived`;
      const unchanged = rows.filter(({ id }) => !changed.has(id));
      expect(unchanged.filter(({ id }) => times.get(id) !== 1)).toEqual([]);
      expect([...times.values()].filter((count) => count !== 1)).toEqual([]);
      expect(pages).toBeGreaterThanOrEqual(
        ((EPISODES[engine] * (RIGS - 1)) / RIGS - changed.size) / LIBRARY_PAGE_DEFAULT,
      );
    },
    TEST_MS,
  );

  /** Ten that move to the front or to the end, and one that leaves, from all over the library. */
  async function change(at: number, changed: Set<string>): Promise<void> {
    const rows = await hub.sql<{ id: string; rig_id: string }[]>`
      select id, rig_id from episodes where rig_id <> 'RIG-1' and not archived order by id offset ${at * 30} limit 11`;
    const [gone, ...moved] = rows;
    await publish(hub.sql, {
      put: moved.map(({ id, rig_id: rigId }, nth) => ({ id, rigId, score: nth % 2 === 0 ? 2 : -1 })),
      archive: gone === undefined ? [] : [gone.id],
    });
    for (const { id } of rows) changed.add(id);
  }

  test("a default page fits a 256 kbit/s link", async () => {
    const answer = await hub.library.answer({ key: rigKey("RIG-2"), since: 0, acceptsZstd: true });
    expect(answer.status === 200 && answer.byteLength !== undefined && answer.byteLength <= PAGE_BYTES_MAX).toBe(true);
    expect(answer.status === 200 && answer.count).toBe(LIBRARY_PAGE_DEFAULT);
  });

  test(
    "the whole library at once holds every episode of the others exactly once, zstd and plain alike",
    async () => {
      const [row] = await hub.sql<{ others: number; total: number }[]>`
      select count(*) filter (where rig_id <> 'RIG-3') as others, count(*) as total from episodes where not archived`;
      for (const acceptsZstd of [true, false]) {
        const reply = await ask(hub.library, "RIG-3", { acceptsZstd });
        expect(new Set(reply?.episodes.map(({ id }) => id)).size).toBe(row?.others ?? -1);
        expect(reply?.episodes).toHaveLength(row?.others ?? -1);
        expect(reply?.episodes.some(({ rig_id }) => rig_id === "RIG-3")).toBe(false);
        expect(reply?.total_fleet_episodes).toBe(row?.total ?? -1);
      }
    },
    TEST_MS,
  );

  test(
    "a rig that was away pulls the rest by deltas",
    async () => {
      const rig = modelRig("RIG-4");
      while (!(await pullPage(hub.library, rig, 2000)));
      await publish(hub.sql, { put: [{ id: "new-1" }] });
      expect(await pullPage(hub.library, rig, 10)).toBe(true);
      expect(rig.has.has("new-1")).toBe(true);
    },
    TEST_MS,
  );
});
