import { expect, test } from "bun:test";
import { rigEvents, rigHead, rigLog, rigRecord } from "../../../src/domain/dashboard/rig.ts";
import { rigStrip } from "../../../src/domain/dashboard/rig-strip.ts";
import { domainHub } from "../../support/domain-hub.ts";
import { anEventRow, storeRows } from "../../support/event-rows.ts";
import { forEachEngine } from "../../support/postgres.ts";
import { rejection } from "../../support/rejection.ts";
import { storeDays, storeRigs } from "../../support/rig-rows.ts";

const HOUR_S = 3600;

/** The hub's clock stands at noon of 2026-11-10. */
forEachEngine("one rig", (engine) => {
  const hub = domainHub(engine);
  const stripOf = async (rigId: string) => rigStrip(hub.context, (await rigHead(hub.context, rigId)).line);

  test("a rig that never spoke has nothing, which is not zero", async () => {
    await storeRigs(hub.sql, [
      { rig_id: "RIG-NEW", registered_at: "2026-11-09T12:00:00Z" },
      { rig_id: "RIG-7", last_seen: "2026-11-10T11:00:00Z" },
      { rig_id: "RIG-70", last_seen: "2026-11-10T11:00:00Z" },
      { rig_id: "BISON-1" },
    ]);
    const head = await rigHead(hub.context, "RIG-NEW");
    expect(head).toMatchObject({ line: { state: "waiting", last_seen: null }, enrolment: null });
    const strip = await rigStrip(hub.context, head.line);
    expect(strip.days).toHaveLength(30);
    expect(strip.days.at(-1)).toEqual({ date: "2026-11-10", state: "unrecorded", contact: null });
    expect(strip.days[0]).toEqual({ date: "2026-10-12", state: "before", contact: null });
    expect(strip.gaps).toEqual([]);
    expect(await rigRecord(hub.context, head)).toMatchObject({
      outcomes: { total: 0, resolution_rate: null, answered_resolution_rate: null },
      load: { events: 0, per_day: 0, false_positive_share: null },
      fleet: { per_day: null, rigs: 0, false_positive_share: null },
    });
    expect(await rigEvents(hub.context, "RIG-NEW")).toEqual([]);
    expect(await rigLog(hub.context, "RIG-NEW")).toEqual({
      syncs: [],
      drops: [],
      refusals: [],
      quarantined: [],
      more_quarantined: false,
    });
  });

  test("an unknown name is told which rigs are called alike, three at most", async () => {
    const unknown = async (name: string) => rejection(rigHead(hub.context, name));
    expect(await unknown("RIG-8")).toMatchObject({ code: "not_found", hint: "did you mean RIG-7, RIG-70?" });
    expect(await unknown("bison-2")).toMatchObject({ hint: "did you mean BISON-1?" });
    expect(await unknown("x".repeat(10_000))).toMatchObject({ hint: "the list of rigs has their names" });
    expect(await unknown("RIG-7\0")).toMatchObject({ code: "not_found" });
  });

  test("the strip shows contact that was counted, and before that what arrived and what was fetched", async () => {
    await hub.sql`
      insert into rig_days (rig_id, day, first_at, last_at, uploads, upload_bytes, syncs, sync_bytes)
      values
        ('RIG-7', '2026-11-05', '2026-11-05T03:00:00Z', '2026-11-05T20:00:00Z', 2, 4000, 4, 900),
        ('RIG-7', '2026-11-10', '2026-11-10T01:00:00Z', '2026-11-10T11:00:00Z', 1, 2000, 2, 300)`;
    const second = Date.parse("2026-11-01T10:00:00Z") / 1000;
    const received = (iso: string) => ({ received_at: new Date(iso) });
    await storeRows(hub.sql, [
      anEventRow({ rig_id: "RIG-7", second, ...received("2026-11-01T10:00:05Z") }),
      anEventRow({ rig_id: "RIG-7", second: second + 1, ...received("2026-11-06T10:00:00Z") }),
      anEventRow({ rig_id: "RIG-70", second, ...received("2026-11-02T10:00:00Z") }),
    ]);
    await hub.sql`
      insert into sync_log (rig_id, synced_at, episodes_sent, library_version)
      values ('RIG-7', '2026-11-01T16:00:00Z', 3, 5), ('RIG-7', '2026-11-05T20:00:00Z', 1, 6)`;
    const { days, gaps } = await stripOf("RIG-7");
    expect(days.filter(({ contact }) => contact !== null)).toMatchObject([
      {
        date: "2026-11-01",
        contact: {
          first_at: "2026-11-01T10:00:05.000Z",
          last_at: "2026-11-01T16:00:00.000Z",
          uploads: 1,
          syncs: 1,
          upload_bytes: null,
        },
      },
      { date: "2026-11-05", contact: { uploads: 2, syncs: 4, upload_bytes: 4000 } },
      { date: "2026-11-10", contact: { sync_bytes: 300 } },
    ]);
    expect(days.slice(-7).map(({ state }) => state)).toEqual([
      "unrecorded",
      "contact",
      "away",
      "away",
      "away",
      "away",
      "contact",
    ]);
    // Between the 1st and the 5th it may have polled without a trace.
    expect(gaps).toEqual([{ from: "2026-11-05T20:00:00.000Z", to: "2026-11-10T01:00:00.000Z", seconds: 101 * HOUR_S }]);
  });

  test("a gap that lasts has no end, and begins with the last contact on record", async () => {
    await hub.sql`update rigs set last_seen = '2026-11-09T12:00:00Z' where rig_id = 'RIG-70'`;
    const { days, gaps } = await stripOf("RIG-70");
    expect(gaps).toEqual([{ from: "2026-11-09T12:00:00.000Z", to: null, seconds: 24 * HOUR_S }]);
    expect(days.filter(({ state }) => state === "contact").map(({ date }) => date)).toEqual([
      "2026-11-02",
      "2026-11-09",
    ]);
  });

  test("a revoked rig is not away: it could not enter, and that ends its gap", async () => {
    await storeRigs(hub.sql, [
      { rig_id: "LOST-1", last_seen: "2026-11-01T10:00:00Z", status: "revoked", revoked_at: "2026-11-03T10:00:00Z" },
    ]);
    await hub.sql`
      insert into rig_days (rig_id, day, first_at, last_at)
      values ('LOST-1', '2026-11-01', '2026-11-01T10:00:00Z', '2026-11-01T10:00:00Z')`;
    const { days, gaps } = await stripOf("LOST-1");
    expect(days.slice(-10, -6).map(({ state }) => state)).toEqual(["contact", "away", "away", "revoked"]);
    expect(gaps).toEqual([{ from: "2026-11-01T10:00:00.000Z", to: "2026-11-03T10:00:00.000Z", seconds: 48 * HOUR_S }]);
  });

  test("a gap that began before the strip counts whole", async () => {
    await hub.sql`
      insert into rig_days (rig_id, day, first_at, last_at)
      values ('BISON-1', '2026-09-01', '2026-09-01T01:00:00Z', '2026-09-01T02:00:00Z'),
        ('BISON-1', '2026-11-10', '2026-11-10T02:00:00Z', '2026-11-10T11:00:00Z')`;
    const { days, gaps } = await stripOf("BISON-1");
    expect(gaps).toEqual([
      { from: "2026-09-01T02:00:00.000Z", to: "2026-11-10T02:00:00.000Z", seconds: 70 * 24 * HOUR_S },
    ]);
    expect(days.filter(({ state }) => state === "away")).toHaveLength(29);
  });

  test("its record stands beside the fleet's, with how many each is of", async () => {
    await storeDays(hub.sql, [
      { rig_id: "RIG-7", day: "2026-11-10", events: 3 },
      { rig_id: "RIG-7", day: "2026-11-09", events: 2, outcome: "Resolved" },
      { rig_id: "RIG-7", day: "2026-11-08", events: 2, outcome: "FalsePositive" },
      { rig_id: "RIG-7", day: "2026-09-01", events: 8, outcome: "Escalated" },
      { rig_id: "RIG-7", day: "2026-07-01", events: 100 },
      { rig_id: "RIG-70", day: "2026-11-01", events: 53, outcome: "FalsePositive" },
    ]);
    await hub.sql`update rigs set last_event_at = '2026-11-09T12:00:00Z' where rig_id in ('RIG-7', 'RIG-70')`;
    const record = await rigRecord(hub.context, await rigHead(hub.context, "RIG-7"));
    expect(record).toMatchObject({
      outcomes: { total: 15, pending: 3, resolution_rate: 10 / 15, answered_resolution_rate: 10 / 12 },
      load: { events: 7, per_day: 7 / 30, false_positive_share: 0.5, answered: 4 },
      fleet: { events: 60, per_day: 1, rigs: 2, false_positive_share: 55 / 57, answered: 57 },
    });
  });

  test("its log has syncs, drops, refusals and what waits in quarantine, newest first", async () => {
    await hub.sql`
      insert into sync_log (rig_id, synced_at, episodes_sent, library_version, bytes, clock_offset_s)
      select 'BISON-1', '2026-11-01T00:00:00Z'::timestamptz + make_interval(hours => n), n, n, n * 100, 0.5
      from generate_series(1, 60) n`;
    await hub.sql`
      insert into drop_receipts (rig_id, told_at, events)
      values ('BISON-1', '2026-11-01T00:00:00Z', 4), ('BISON-1', '2026-11-02T00:00:00Z', 9)`;
    await hub.sql`
      insert into rig_refusals (rig_id, code, refusals, first_at, last_at, last_event_id, last_sentence)
      values ('BISON-1', 'schema', 12, '2026-11-01T00:00:00Z', '2026-11-02T00:00:00Z', 'BISON-1-5', 'no depth')`;
    await hub.sql`
      insert into quarantine (event_id, rig_id, reason, detail, digest, body_bytes, received_at, decision)
      select 'BISON-1-' || n, 'BISON-1', 'conflict', 'another body', 'x', 10, '2026-11-01T00:00:00Z',
        case when n = 30 then 'discarded' end
      from generate_series(1, 30) n`;
    const log = await rigLog(hub.context, "BISON-1");
    expect(log.syncs).toHaveLength(50);
    expect(log.syncs[0]).toMatchObject({ episodes_sent: 60, bytes: 6000, clock_offset_s: 0.5 });
    expect(log.drops.map(({ events }) => events)).toEqual([9, 4]);
    expect(log.refusals).toMatchObject([{ code: "schema", refusals: 12, last_sentence: "no depth" }]);
    expect(log.quarantined).toHaveLength(20);
    expect(log.quarantined[0]).toMatchObject({ event_id: "BISON-1-29", reason: "conflict" });
    expect(log.more_quarantined).toBe(true);
    expect((await rigLog(hub.context, "RIG-7")).quarantined).toEqual([]);
  });

  test.each([
    ["open", {}],
    ["expired", { expires_at: "2026-11-10T12:00:00Z" }],
    ["cancelled", { cancelled_at: "2026-11-10T11:00:00Z" }],
    ["used", { used_at: "2026-11-10T11:00:00Z", used_from: "10.0.0.7" }],
  ])("its newest enrolment code is %s", async (state, extra) => {
    const code = {
      code_hash: Buffer.from(state),
      rig_id: "RIG-70",
      well_id: "W",
      field: "F",
      time_zone: "UTC",
      created_at: "2026-11-10T10:00:00Z",
      created_by: "admin",
      expires_at: "2026-11-11T10:00:00Z",
      ...extra,
    };
    await hub.sql`insert into enrolments ${hub.sql(code)}`;
    const { enrolment } = await rigHead(hub.context, "RIG-70");
    expect(enrolment).toMatchObject({ state, created_by: "admin" });
  });

  test("its keys say since when they are and when they were last used", async () => {
    await hub.sql`
      update rigs set key_issued_at = '2026-11-01T00:00:00Z', previous_key_until = '2026-11-12T00:00:00Z',
        previous_key_used_at = '2026-11-10T11:00:00Z'
      where rig_id = 'RIG-7'`;
    const { line, facts } = await rigHead(hub.context, "RIG-7");
    expect(line).toMatchObject({
      key_issued_at: "2026-11-01T00:00:00.000Z",
      previous_key_until: "2026-11-12T00:00:00.000Z",
    });
    expect(facts).toMatchObject({ key_used_at: null, previous_key_used_at: "2026-11-10T11:00:00.000Z" });
    const asOld = await rigHead(hub.context, "RIG-NEW");
    expect(asOld.line.key_issued_at).toBe(asOld.line.registered_at);
  });
});
