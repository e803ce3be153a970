import { describe, expect, test } from "bun:test";
import { setApart } from "../../../src/domain/curation/apart.ts";
import { episodeId } from "../../../src/wire/identity.ts";
import { curationHub } from "../../support/curation-hub.ts";
import { ADMIN } from "../../support/domain-hub.ts";
import { forEachEngine } from "../../support/postgres.ts";
import { rejection } from "../../support/rejection.ts";

const T = 1_795_000_000;

forEachEngine("an event set apart", (engine) => {
  const hub = curationHub(engine);
  const event = (second: number): string => `RIG-1-${second}`;
  const episode = (second: number): string => episodeId(event(second));
  const divide = (second: number) => setApart(hub.context, event(second), true, ADMIN);
  const join = (second: number) => setApart(hub.context, event(second), false, ADMIN);

  /** Members by episode. */
  async function places(): Promise<Record<string, string[]>> {
    const rows = await hub.sql<{ episode_id: string; ids: string[] }[]>`
      select episode_id, array_agg(id order by id) as ids from events where episode_id is not null group by 1 order by 1`;
    return Object.fromEntries(rows.map(({ episode_id, ids }) => [episode_id, ids]));
  }

  async function merged(...seconds: number[]): Promise<void> {
    for (const second of seconds) await hub.store({ second });
    await hub.run();
    expect(await hub.library()).toEqual([episode(seconds[0] ?? 0)]);
  }

  describe("stays apart", () => {
    test("over later runs, a rebuild of all its session and neighbours that come late", async () => {
      await merged(T, T + 300, T + 600);
      expect(await divide(T + 300)).toMatchObject({ changed: true, episode_id: episode(T) });
      await hub.run();
      const divided = { [episode(T)]: [event(T), event(T + 600)], [episode(T + 300)]: [event(T + 300)] };
      expect(await places()).toEqual(divided);
      await hub.run("request");
      await hub.sql`update events set needs_curation = true`;
      await hub.run();
      expect(await places()).toEqual(divided);
      await hub.store({ second: T + 310 });
      await hub.store({ second: T + 290, risk_level: "Elevated" });
      await hub.run();
      expect(await places()).toEqual({
        [episode(T)]: [event(T), event(T + 290), event(T + 310), event(T + 600)].toSorted(),
        [episode(T + 300)]: [event(T + 300)],
      });
      const [row] = await hub.sql`select event_count from episodes where id = ${episode(T + 300)}`;
      expect(row).toEqual({ event_count: 1 });
    });

    test("and bridges nothing: what only it held together falls into two", async () => {
      await merged(T, T + 500, T + 1000);
      await divide(T + 500);
      await hub.run();
      expect(await hub.library()).toEqual([episode(T), episode(T + 500), episode(T + 1000)].toSorted());
      await hub.store({ second: T + 490 });
      await hub.run();
      expect((await places())[episode(T)]).toEqual([event(T), event(T + 1000), event(T + 490)].toSorted());
      expect((await places())[episode(T + 500)]).toEqual([event(T + 500)]);
    });

    test("as the one that named the episode: the others take another id, and rigs get both", async () => {
      await hub.store({ second: T, risk_level: "Critical" });
      await hub.store({ second: T + 60 });
      await hub.store({ second: T + 120 });
      await hub.run();
      await divide(T);
      const run = await hub.run();
      expect(await places()).toEqual({
        [episode(T)]: [event(T)],
        [episode(T + 60)]: [event(T + 60), event(T + 120)].toSorted(),
      });
      const versions = await hub.sql`select id, version from episodes order by id`;
      expect(versions.map(({ version }) => version)).toEqual([run.version, run.version]);
      expect(await hub.tombstones()).toEqual([]);
      expect((await hub.episode(episode(T)))?.event_count).toBe(1);
    });

    test("when it is answered: the outcome is its own episode's alone", async () => {
      await merged(T, T + 60);
      await divide(T + 60);
      await hub.run();
      await hub.answer(episode(T + 60), "Resolved", "shut in");
      await hub.run();
      expect((await hub.episode(episode(T + 60)))?.outcome).toEqual({ Resolved: { action_taken: "shut in" } });
      expect((await hub.episode(episode(T)))?.outcome).toBe("Pending");
    });
  });

  describe("joins again", () => {
    test("and rigs forget the episode that it was meanwhile", async () => {
      await merged(T, T + 60);
      await divide(T + 60);
      await hub.run();
      expect(await hub.tombstones()).toEqual([]);
      expect(await join(T + 60)).toMatchObject({ changed: true, episode_id: episode(T + 60) });
      const run = await hub.run();
      expect(await places()).toEqual({ [episode(T)]: [event(T), event(T + 60)] });
      expect(await hub.tombstones()).toEqual([
        { episode_id: episode(T + 60), reason: "merged", version: run.version ?? 0 },
      ]);
    });

    test("and the tombstone goes when it is set apart once more", async () => {
      await merged(T, T + 60);
      for (const deed of [divide, join, divide]) {
        await deed(T + 60);
        await hub.run();
      }
      expect(await hub.library()).toEqual([episode(T), episode(T + 60)]);
      expect(await hub.tombstones()).toEqual([]);
    });
  });

  describe("is audited", () => {
    test("once a change, with what was before and after", async () => {
      await merged(T, T + 70);
      await divide(T + 70);
      expect(await divide(T + 70)).toMatchObject({ changed: false });
      await join(T + 70);
      const rows = await hub.sql`
        select action, before, after, detail from admin_audit where target = ${event(T + 70)} order by id`;
      const detail = { episode_id: episode(T) };
      expect([...rows]).toEqual([
        { action: "episode.separate", before: { apart: false }, after: { apart: true }, detail },
        { action: "episode.join", before: { apart: true }, after: { apart: false }, detail },
      ]);
    });
  });

  describe("is refused", () => {
    test("where there is no such event", async () => {
      expect(await rejection(divide(T))).toMatchObject({ code: "not_found" });
    });

    test("where it stands alone, was not curated yet, or is held, and nothing is written", async () => {
      await hub.store({ second: T });
      expect(await rejection(divide(T))).toMatchObject({
        code: "conflict",
        message: expect.stringContaining("no episode"),
      });
      await hub.run();
      expect(await rejection(divide(T))).toMatchObject({ code: "conflict", message: expect.stringContaining("alone") });
      await hub.store({ second: T + 60, held: true });
      expect(await rejection(divide(T + 60))).toMatchObject({
        code: "conflict",
        message: expect.stringContaining("held"),
      });
      const rows = await hub.sql`select id from events where apart or (needs_curation and not held)`;
      expect([...rows]).toEqual([]);
    });

    test("twice at once: the second finds it done", async () => {
      if (engine === "embedded") return;
      await merged(T, T + 60);
      const both = await Promise.all([divide(T + 60), divide(T + 60)]);
      expect(both.filter(({ changed }) => changed)).toHaveLength(1);
    });
  });
});
