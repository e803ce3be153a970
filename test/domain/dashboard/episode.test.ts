import { describe, expect, test } from "bun:test";
import { setApart } from "../../../src/domain/curation/apart.ts";
import { alikeTo, episodeView } from "../../../src/domain/dashboard/episode.ts";
import { episodeId } from "../../../src/wire/identity.ts";
import { curationHub } from "../../support/curation-hub.ts";
import { ADMIN } from "../../support/domain-hub.ts";
import { forEachEngine } from "../../support/postgres.ts";
import { rejection } from "../../support/rejection.ts";

const T = 1_795_000_000;

forEachEngine("an episode's page", (engine) => {
  const hub = curationHub(engine);
  const event = (second: number): string => `RIG-1-${second}`;
  const id = episodeId(event(T));

  async function merged(): Promise<void> {
    await hub.store({ second: T, depth: 9000, risk_level: "Critical" });
    await hub.store({ second: T + 90, depth: 9012 });
    await hub.store({ second: T + 150, depth: 9005 });
    await hub.run();
  }

  describe("shows its source events", () => {
    test("in order, the anchor named, each with its distance to the one before and when it was merged", async () => {
      await merged();
      const { events, former, more_events } = await episodeView(hub.context, id);
      const merged_at = new Date(hub.context.clock.now()).toISOString();
      expect(events).toMatchObject([
        { id: event(T), anchor: true, delta_s: null, delta_depth_ft: null, merged_at: null },
        { id: event(T + 90), anchor: false, delta_s: 90, delta_depth_ft: 12, merged_at },
        { id: event(T + 150), anchor: false, delta_s: 60, delta_depth_ft: -7, merged_at },
      ]);
      expect({ former, more_events }).toEqual({ former: [], more_events: false });
    });

    test("as they stand: a neighbour that came late is the one before now", async () => {
      await merged();
      await hub.store({ second: T + 120, depth: 9010 });
      await hub.run();
      const { events } = await episodeView(hub.context, id);
      expect(events.at(-1)).toMatchObject({ id: event(T + 150), delta_s: 30, delta_depth_ft: -5 });
    });

    test("that were set apart as former ones, with who did it, on both pages", async () => {
      await merged();
      await setApart(hub.context, event(T + 90), true, ADMIN);
      expect((await episodeView(hub.context, id)).events[1]).toMatchObject({ apart: true, waits: true });
      await hub.run();
      const division = { actor: "admin", episode_id: id };
      const left = await episodeView(hub.context, id);
      expect(left.former).toMatchObject([{ id: event(T + 90), episode_id: episodeId(event(T + 90)), division }]);
      expect(left.events.map((one) => one.id)).toEqual([event(T), event(T + 150)]);
      const alone = await episodeView(hub.context, episodeId(event(T + 90)));
      expect(alone.events).toMatchObject([{ id: event(T + 90), anchor: true, apart: true, waits: false, division }]);
    });
  });

  describe("shows its score", () => {
    test("as it is stored, with when it was reckoned and when next", async () => {
      await merged();
      await hub.answer(id, "Resolved", "shut in the well", "gas down");
      const run = await hub.run("schedule");
      const { score, facts, card } = await episodeView(hub.context, id);
      const parts = score.lines.reduce((all, { part }) => all + Math.round(part * 10_000), 0);
      expect(parts).toBe(Math.round(facts.score * 10_000));
      expect(score).toMatchObject({ forgotten: null, unexplained: null, published: card.score, every_s: 3600 });
      expect(score.next_at).toBe(new Date(run.started_at.getTime() + 3_600_000).toISOString());
    });

    test("without a next time while no schedule ran, or when it is archived, with the reason", async () => {
      await merged();
      expect((await episodeView(hub.context, id)).score.next_at).toBeNull();
      await hub.run("schedule");
      const at = new Date(hub.context.clock.now());
      await hub.sql`update episodes set archived = true, archived_reason = 'age', archived_at = ${at} where id = ${id}`;
      const { score, facts } = await episodeView(hub.context, id);
      expect(score.next_at).toBeNull();
      expect(facts).toMatchObject({ archived: true, archived_reason: "age", archived_at: at.toISOString() });
    });
  });

  test("shows what each version changed, the newest first, field by field", async () => {
    await merged();
    await hub.sql`truncate library_changes`;
    await hub.sql`
      insert into library_changes (version, episode_id, kind, before, after) values
        (1, ${id}, 'created', null, '{"outcome": "Pending"}'),
        (2, ${id}, 'changed', '{"outcome": "Pending", "score": 0.4}', '{"outcome": "Resolved", "score": 0.4}')`;
    const { changes } = await episodeView(hub.context, id);
    expect(changes).toMatchObject([
      { version: 2, kind: "changed", fields: [{ field: "outcome", before: "Pending", after: "Resolved" }] },
      { version: 1, kind: "created", fields: [{ field: "outcome", before: null, after: "Pending" }] },
    ]);
  });

  describe("shows what lies near it", () => {
    test("of the same category, the nearest first, never itself nor what is archived", async () => {
      const situation = (gap: number): string =>
        Buffer.from(Int8Array.from([gap, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])).toString("base64");
      const apart = (n: number): number => T + n * 100_000;
      for (const [n, gap] of [0, 60, 10, 30].entries())
        await hub.store({ second: apart(n), situation: situation(gap) });
      await hub.store({ second: apart(9), category: "Mechanical", situation: situation(0) });
      await hub.store({ second: apart(10), situation: situation(0) });
      await hub.run();
      await hub.sql`update episodes set archived = true where source_event_id = ${event(apart(10))}`;
      const alike = await alikeTo(hub.context, await episodeView(hub.context, id));
      expect(alike).toMatchObject({ comparable: true, compared: 3 });
      expect(alike.episodes.map((one) => one.id)).toEqual([2, 3, 1].map((n) => episodeId(event(apart(n)))));
      expect(alike.episodes[0]?.closeness).toBe("close");
      expect(alike.episodes[0]?.distance).toBeCloseTo(3 * (10 / 127) ** 2, 3);
    });

    test("or says that it has no reading to compare by", async () => {
      await hub.store({ second: T, situation: Buffer.alloc(12, 128).toString("base64") });
      await hub.run();
      const alike = await alikeTo(hub.context, await episodeView(hub.context, id));
      expect(alike).toEqual({ comparable: false, compared: 0, episodes: [] });
    });
  });

  test("of one that is gone says where its event stands now, and of one that never was nothing more", async () => {
    await hub.store({ second: T });
    await hub.run();
    await hub.store({ second: T + 60, risk_level: "Critical" });
    await hub.run();
    const gone = await rejection(episodeView(hub.context, id));
    expect(gone).toMatchObject({ code: "not_found", hint: expect.stringContaining(episodeId(event(T + 60))) });
    expect(String(gone)).toContain("merged");
    expect(await rejection(episodeView(hub.context, "nothing"))).toMatchObject({ code: "not_found" });
  });
});
