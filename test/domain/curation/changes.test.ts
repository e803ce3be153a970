import { describe, expect, test } from "bun:test";
import { DAY_MS } from "../../../src/domain/curation/score.ts";
import { purgeRig } from "../../../src/domain/purge.ts";
import { revokeRig } from "../../../src/domain/rigs.ts";
import { curationHub } from "../../support/curation-hub.ts";
import { ADMIN } from "../../support/domain-hub.ts";
import { forEachEngine } from "../../support/postgres.ts";

const T = 1_795_000_000;

interface Change {
  readonly kind: string;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
}

forEachEngine("what a version changed", (engine) => {
  const settings = { prune_grace_days: 0, tombstone_days: 200 };
  const hub = curationHub(engine, { settings });
  const days = (count: number): void => hub.context.clock.advance(count * DAY_MS);

  /** Of an episode, oldest version first. */
  async function changesOf(episode: string): Promise<readonly Change[]> {
    return hub.sql<Change[]>`
      select kind, before, after from library_changes where episode_id = ${episode} order by version`;
  }

  test("a new episode is there with all that people see, and an answer with what differs", async () => {
    const episode = await hub.store({ second: T });
    await hub.run();
    await hub.answer(episode, "Resolved", "raised mud weight", "gas down");
    await hub.run();
    const [created, changed, ...more] = await changesOf(episode);
    expect(created).toMatchObject({ kind: "created", before: null, after: { outcome: "Pending", event_count: 1 } });
    expect(Object.keys(created?.after ?? {})).toHaveLength(14);
    const told = ["action_taken", "notes", "outcome", "resolution", "score"];
    expect(Object.keys(changed?.before ?? {}).toSorted()).toEqual(told);
    expect(Object.keys(changed?.after ?? {}).toSorted()).toEqual(told);
    expect(changed).toMatchObject({
      kind: "changed",
      before: { outcome: "Pending", action_taken: null, score: created?.after?.["score"] },
      after: { outcome: "Resolved", action_taken: "raised mud weight", notes: "gas down" },
    });
    expect(more).toEqual([]);
  });

  test("one whose events moved into another is removed, with what it was", async () => {
    const late = await hub.store({ second: T + 300, risk_level: "High" });
    await hub.run();
    await hub.store({ second: T, risk_level: "Critical" });
    await hub.run();
    expect((await changesOf(late)).map(({ kind }) => kind)).toEqual(["created", "removed"]);
    expect((await changesOf(late))[1]).toMatchObject({ before: { risk_level: "High" }, after: null });
  });

  test("one that grew too old is archived, and returned when its driller answers", async () => {
    const episode = await hub.store({ second: T, outcome: "FalsePositive" });
    await hub.run();
    days(100);
    await hub.run("schedule");
    await hub.answer(episode, "Resolved", "swept the hole");
    await hub.run();
    const changes = (await changesOf(episode)).filter(({ kind }) => kind !== "rescored");
    expect(changes.map(({ kind }) => kind)).toEqual(["created", "archived", "returned"]);
    expect(changes[1]).toMatchObject({ before: { outcome: "FalsePositive" }, after: null });
    expect(changes[2]).toMatchObject({ before: null, after: { outcome: "Resolved" } });
  });

  test("only a score that rigs see moved is noted", async () => {
    const episode = await hub.store({ second: T, outcome: "Resolved" });
    await hub.run("schedule");
    const settled = await changesOf(episode);
    hub.context.clock.advance(60_000);
    await hub.run("schedule");
    expect(await changesOf(episode)).toEqual(settled);
    days(90);
    await hub.run("schedule");
    const rescored = (await changesOf(episode)).at(-1);
    expect(rescored).toMatchObject({ kind: "rescored", before: { score: settled.at(-1)?.after?.["score"] } });
    const [shown] = await hub.sql`select published_score as score from episodes where id = ${episode}`;
    expect(rescored?.after).toEqual({ score: shown?.["score"] as unknown });
  });

  test("is forgotten along with its tombstones", async () => {
    const episode = await hub.store({ second: T });
    await hub.run();
    days(199);
    await hub.run("schedule");
    expect((await changesOf(episode)).map(({ kind }) => kind)).toContain("created");
    days(2);
    await hub.run("schedule");
    expect((await changesOf(episode)).map(({ kind }) => kind)).not.toContain("created");
  });

  test("a purge leaves that there was something, and nothing of what it said", async () => {
    const episode = await hub.store({ second: T, notes: "names and numbers" });
    await hub.run();
    await revokeRig(hub.context, "RIG-1", ADMIN);
    await purgeRig(hub.context, "RIG-1", ADMIN);
    expect(await changesOf(episode)).toEqual([
      { kind: "created", before: null, after: null },
      { kind: "removed", before: null, after: null },
    ]);
  });

  describe("what a run keeps beside it", () => {
    test("each event that it set aside, with the error, as long as the run", async () => {
      await hub.store({ second: T });
      await hub.sql`update events set situation = 'not a fingerprint'`;
      const run = await hub.run();
      const failures = () => hub.sql`select run_id, event_id, error from curation_failures`;
      expect([...(await failures())]).toEqual([
        { run_id: run.id, event_id: `RIG-1-${T}`, error: expect.stringContaining("situation") as unknown },
      ]);
      days(29);
      await hub.run("schedule");
      expect(await failures()).toHaveLength(1);
      days(2);
      await hub.run("schedule");
      expect(await failures()).toHaveLength(0);
    });

    test("the size of the day, once, from a scheduled run only", async () => {
      await hub.store({ second: T });
      await hub.sql`update rigs set event_count = 1`;
      await hub.run("arrival");
      expect(await hub.sql`select from size_log`).toHaveLength(0);
      await hub.run("schedule");
      await hub.run("schedule");
      days(1);
      await hub.run("schedule");
      const rows =
        await hub.sql`select day::text, database_bytes > 1000000 as large, events, episodes from size_log order by day`;
      expect([...rows]).toEqual([
        { day: "2026-11-23", large: true, events: 1, episodes: 1 },
        { day: "2026-11-24", large: true, events: 1, episodes: 1 },
      ]);
    });
  });
});
