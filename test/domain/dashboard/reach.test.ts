import { describe, expect, test } from "bun:test";
import { reach } from "../../../src/domain/dashboard/reach.ts";
import { timeline } from "../../../src/domain/dashboard/timeline.ts";
import { recordOutcome } from "../../../src/domain/outcomes.ts";
import type { OutcomePatch } from "../../../src/wire/outcome.ts";
import { domainHub, type DomainHub, type EnrolledRig } from "../../support/domain-hub.ts";
import { publish } from "../../support/episode-rows.ts";
import { forEachEngine } from "../../support/postgres.ts";

const T0 = Date.parse("2026-11-10T11:00:00Z");
const UNUSED = { shown: 0, used: 0, helped: 0 };
const at = (minutes: number): Date => new Date(T0 + minutes * 60_000);

async function sent(hub: DomainHub, rigId: string, version: number, minutes: number): Promise<void> {
  await hub.sql`
    insert into sync_log (rig_id, synced_at, episodes_sent, library_version)
    values (${rigId}, ${at(minutes)}, 1, ${version})`;
  await hub.sql`update rigs set synced_version = ${version}, last_seen = ${at(minutes)} where rig_id = ${rigId}`;
}

async function confirmed(hub: DomainHub, rigId: string, version: number, minutes: number): Promise<void> {
  const when = at(minutes);
  await hub.sql`
    update rigs set confirmed_version = ${version}, confirmed_at = ${when}, synced_version = ${version}, last_seen = ${when}
    where rig_id = ${rigId}`;
}

forEachEngine("reach", (engine) => {
  const hub = domainHub(engine);

  test("each rig is where its syncs and its own word put it, the worst first, and the summary counts who may have it", async () => {
    for (const id of ["SOURCE", "NEVER", "BEHIND", "EARLIER", "SLOW", "QUICK", "TOLD", "GONE"]) await hub.enrol(id);
    const first = await publish(hub.sql, { at: at(0), put: [{ id: "SOURCE-1700000000-episode", rigId: "SOURCE" }] });
    const second = await publish(hub.sql, { at: at(10), put: [{ id: "SOURCE-1700000000-episode", rigId: "SOURCE" }] });
    await hub.sql`
      insert into library_changes (version, episode_id, kind)
      values (${first}, 'SOURCE-1700000000-episode', 'created'), (${second}, 'SOURCE-1700000000-episode', 'changed')`;
    await hub.sql`update rigs set synced_version = 0, last_seen = ${at(5)} where rig_id = 'BEHIND'`;
    await sent(hub, "EARLIER", first, 6);
    await sent(hub, "SLOW", second, 70);
    await sent(hub, "SLOW", second + 1, 80);
    await sent(hub, "QUICK", first, 9);
    await sent(hub, "QUICK", second, 12);
    await confirmed(hub, "QUICK", second, 30);
    await confirmed(hub, "TOLD", second + 5, 500);
    await hub.sql`update rigs set status = 'revoked', revoked_at = ${at(1)} where rig_id = 'GONE'`;

    const found = await reach(hub.context, "SOURCE-1700000000-episode");
    expect(found?.rigs.map(({ rig_id, state, known }) => [rig_id, state, known])).toEqual([
      ["NEVER", "never", null],
      ["BEHIND", "behind", null],
      ["EARLIER", "behind", null],
      ["SLOW", "has", "sent"],
      ["QUICK", "has", "confirmed"],
      ["TOLD", "has", "confirmed"],
      ["SOURCE", "source", null],
      ["GONE", "revoked", null],
    ]);
    const of = (rigId: string) => found?.rigs.find(({ rig_id }) => rig_id === rigId);
    expect(of("SLOW")).toMatchObject({ version: second + 1, delivered_at: at(70).toISOString(), delay_s: 3600 });
    expect(of("QUICK")).toMatchObject({ delivered_at: at(12).toISOString(), delay_s: 120 });
    expect(of("TOLD")).toMatchObject({ delivered_at: null, delay_s: null });
    expect(of("EARLIER")).toMatchObject({ version: first, holds_earlier: true });
    expect(of("BEHIND")).toMatchObject({ holds_earlier: false, last_contact: at(5).toISOString() });
    expect(found).toMatchObject({ version: second, committed_at: at(10).toISOString(), archived: false, left_out: 0 });
    expect(found?.summary).toEqual({
      have: 3,
      may_have: 6,
      confirmed: 2,
      median_s: 1860,
      worst_s: 3600,
      timed: 2,
      ...UNUSED,
    });
  });

  test("nobody has what was just made, and without deliveries there is no median", async () => {
    await publish(hub.sql, { at: at(600), put: [{ id: "SOURCE-1700000001-episode", rigId: "SOURCE" }] });
    await hub.sql`update rigs set confirmed_version = null, synced_version = 1`;
    const found = await reach(hub.context, "SOURCE-1700000001-episode");
    expect(found?.summary).toEqual({
      have: 0,
      may_have: 6,
      confirmed: 0,
      median_s: null,
      worst_s: null,
      timed: 0,
      ...UNUSED,
    });
  });

  test("where recall named it, where its action was tried, and where that stands, is counted by rig", async () => {
    const id = "SOURCE-1700000002-episode";
    await publish(hub.sql, { at: at(700), put: [{ id, rigId: "SOURCE" }] });
    await hub.sql`update episodes set action_taken = 'Reduce WOB by 5 klbs' where id = ${id}`;
    const [one, other] = [await hub.enrol("READER-1"), await hub.enrol("READER-2")];
    const answer = async (rig: EnrolledRig, ...patches: OutcomePatch[]): Promise<void> => {
      const event = rig.event();
      await hub.upload(rig, event);
      for (const patch of patches) await recordOutcome(hub.context, { rig: rig.identity, eventId: event.id, patch });
    };
    const precedents = ["SOURCE-1700000000-episode", id];
    const resolved = (action_taken: string) => ({ outcome: "Resolved", action_taken, precedents }) as const;
    await answer(one, resolved("reduce  wob by 5 KLBS."));
    await answer(one, resolved("Reduce WOB by 5 klbs"), { outcome: "FalsePositive", precedents });
    await answer(one, resolved("Circulated"));
    await answer(other, { outcome: "Resolved", action_taken: "Reduce WOB by 5 klbs" });
    await answer(other, { outcome: "Pending", notes: "looked at it", precedents });

    const found = await reach(hub.context, id);
    const of = (rigId: string) => found?.rigs.find(({ rig_id }) => rig_id === rigId);
    expect(of("READER-1")).toMatchObject({ shown: 3, used: 2, helped: 1 });
    expect(of("READER-2")).toMatchObject({ shown: 1, used: 0, helped: 0 });
    expect(found?.summary).toMatchObject({ shown: 4, used: 2, helped: 1 });
  });

  test("an unknown episode reaches nobody", async () => {
    expect(await reach(hub.context, "SOURCE-1-episode")).toBeUndefined();
  });
});

forEachEngine("timeline", (engine) => {
  const hub = domainHub(engine);
  let rig: EnrolledRig;

  test("an event's steps stand in the order of their clocks, and later answers erase no earlier one", async () => {
    rig = await hub.enrol("RIG-T");
    await hub.enrol("RIG-U");
    const event = rig.event();
    await hub.upload(rig, event);
    const { id } = event;
    await hub.sql`update events set queued_at = ${at(-20)}, sent_at = ${at(-10)} where id = ${id}`;
    const { clock } = hub.context;
    for (const patch of [
      { outcome: "Resolved", action_taken: "Shut in" },
      { outcome: "FalsePositive", notes: "a sensor, not the well" },
    ] as const) {
      clock.advance(60_000);
      await recordOutcome(hub.context, { rig: rig.identity, eventId: id, patch });
    }
    const curatedAt = new Date(clock.now() + 60_000);
    const version = await publish(hub.sql, { at: curatedAt, put: [{ id: `${id}-episode`, rigId: "RIG-T" }] });
    await hub.sql`update library_versions set run_id = 7 where version = ${version}`;
    await hub.sql`insert into library_changes (version, episode_id, kind) values (${version}, ${`${id}-episode`}, 'created')`;
    await hub.sql`update events set episode_id = ${`${id}-episode`} where id = ${id}`;
    await hub.sql`
      insert into sync_log (rig_id, synced_at, episodes_sent, library_version)
      values ('RIG-U', ${new Date(curatedAt.getTime() + 30_000)}, 1, ${version})`;
    await hub.sql`update rigs set synced_version = ${version} where rig_id = 'RIG-U'`;

    const found = await timeline(hub.context, id);
    expect(found?.entries.map(({ what, clock: by, who }) => [what, by, who])).toEqual([
      ["detected", "rig", "RIG-T"],
      ["queued", "rig", "RIG-T"],
      ["sent", "rig", "RIG-T"],
      ["accepted", "hub", null],
      ["outcome", "hub", "RIG-T"],
      ["outcome", "hub", "RIG-T"],
      ["curated", "hub", "run 7"],
      ["delivered_first", "hub", "RIG-U"],
    ]);
    const details = (found?.entries ?? []).map(({ detail }) => detail);
    expect(details[4]).toEqual({ outcome: "Resolved", action_taken: "Shut in" });
    expect(details[5]).toEqual({ outcome: "FalsePositive", notes: "a sensor, not the well" });
    expect(details[6]).toEqual({ episode_id: `${id}-episode`, version, run_id: 7 });
    expect(details[7]).toMatchObject({ delay_s: 30, have: 1, may_have: 1 });
    expect(found?.reach?.summary.have).toBe(1);
  });

  test("an answer that came with the event and a change of score are told, and what has no time comes last", async () => {
    const event = rig.event({ outcome: { Escalated: { reason: "gas rising" } } });
    await hub.upload(rig, event);
    const episode = `${event.id}-episode`;
    await publish(hub.sql, { put: [{ id: episode, rigId: "RIG-T" }] });
    await hub.sql`update events set episode_id = ${episode}, curation_error = 'no depth' where id = ${event.id}`;
    await hub.sql`
      insert into library_changes (version, episode_id, kind, before, after)
      values (1, ${episode}, 'rescored', '{"score": 0.5}', '{"score": 0.4}')`;
    const entries = (await timeline(hub.context, event.id))?.entries ?? [];
    expect(entries.find(({ what }) => what === "outcome")).toEqual({
      at: null,
      clock: "rig",
      what: "outcome",
      who: "RIG-T",
      detail: { outcome: "Escalated", action_taken: "gas rising" },
    });
    expect(entries.find(({ what }) => what === "rescored")?.detail).toMatchObject({
      score_before: 0.5,
      score_after: 0.4,
    });
    expect(entries.slice(-2)).toMatchObject([
      { what: "curated", at: null, detail: { episode_id: episode } },
      { what: "curation_failed", at: null, detail: { reason: "no depth" } },
    ]);
  });

  test("what was quarantined and who decided is told", async () => {
    const event = rig.event();
    await hub.upload(rig, event);
    await hub.sql`
      insert into quarantine (event_id, rig_id, reason, detail, digest, body_bytes, received_at, decision, decided_at,
        decided_by, decision_note)
      values (${event.id}, 'RIG-T', 'future_timestamp', '3 h ahead', '', 1, ${at(0)}, 'accepted', ${at(5)}, 'admin', 'clock mended')`;
    const entries = (await timeline(hub.context, event.id))?.entries ?? [];
    expect(entries.filter(({ what }) => what === "quarantined" || what === "decided")).toMatchObject([
      { who: null, detail: { reason: "future_timestamp", note: "3 h ahead" } },
      { who: "admin", detail: { reason: "accepted", note: "clock mended" } },
    ]);
  });

  describe("nothing is told", () => {
    test("of an event that is not there", async () => {
      expect(await timeline(hub.context, "RIG-T-1")).toBeUndefined();
    });
  });
});
