import { expect, test } from "bun:test";
import { RIG_SORTS } from "../../../src/db/dashboard/rigs.ts";
import { eachRig, rigCounts, rigsPage, type RigsWish } from "../../../src/domain/dashboard/rigs.ts";
import { domainHub } from "../../support/domain-hub.ts";
import { anEventRow, storeRows } from "../../support/event-rows.ts";
import { forEachEngine } from "../../support/postgres.ts";
import { rejection } from "../../support/rejection.ts";
import { storeDays, storeRigs } from "../../support/rig-rows.ts";

/** The hub's clock stands at noon of 2026-11-10. */
const FLEET = [
  { rig_id: "RIG-A", last_seen: "2026-11-10T11:59:00Z", synced_version: 9, spoke_version: "0.1.0", time_zone: "UTC" },
  { rig_id: "RIG-B", last_seen: "2026-11-10T00:00:00Z", synced_version: 2, field: "Delaware", spoke_version: "0.0.9" },
  { rig_id: "RIG-C", last_seen: "2026-11-09T23:59:59Z", synced_version: 9, well_id: "Wolf_camp 100%" },
  { rig_id: "RIG-D", last_seen: "2026-11-08T12:00:00Z", synced_version: null, spoke_version: "0.0.10" },
  { rig_id: "RIG-E", last_seen: "2026-11-08T11:59:59Z", queue_events: 40, queue_worst: "Critical" },
  { rig_id: "RIG-F", last_seen: "2026-11-01T00:00:00Z", queue_events: 3, queue_worst: "High" },
  { rig_id: "RIG-G", registered_at: "2026-11-09T00:00:00Z" },
  { rig_id: "RIG-H", registered_at: "2026-11-02T00:00:00Z" },
  { rig_id: "RIG-I", last_seen: "2026-10-01T00:00:00Z", registered_at: "2026-11-10T10:00:00Z" },
  { rig_id: "RIG-J", last_seen: "2026-11-10T11:00:00Z", status: "revoked", clock_offset_s: -2.5 },
] as const;

forEachEngine("rigs list", (engine) => {
  const hub = domainHub(engine);
  const list = async (wish: Partial<RigsWish> = {}) => rigsPage(hub.context, { limit: 50, ...wish });
  const names = async (wish: Partial<RigsWish> = {}) =>
    (await list(wish)).rigs.map(({ rig_id }) => rig_id.slice(-1)).join("");

  test("an empty fleet has no rigs, no fields and counts of zero", async () => {
    const page = await list();
    expect(page).toMatchObject({ rigs: [], next: null, fields: [], library_version: 0 });
    expect(page.counts).toMatchObject({ all: 0, silent: 0, behind: 0 });
  });

  test("silence counts from the last contact since enrolment, and who is silent longest stands first", async () => {
    await storeRigs(hub.sql, FLEET);
    await hub.sql`
      insert into library_versions (version, committed_at, changed, removed)
      select n, '2026-11-10T12:00:00Z'::timestamptz - make_interval(hours => 50 - n * 5), 1, 0
      from generate_series(1, 9) n`;
    const page = await list();
    expect(page.rigs.map(({ rig_id, state }) => `${rig_id.slice(-1)} ${state}`)).toEqual([
      "F silent",
      "H silent",
      "E silent",
      "D late",
      "C late",
      "G waiting",
      "I waiting",
      "B active",
      "A active",
      "J revoked",
    ]);
    expect(page.counts).toEqual({ silent: 3, late: 2, waiting: 2, active: 2, revoked: 1, all: 10, behind: 7 });
    expect(page.rigs[1]).toMatchObject({ last_seen: null, heard_at: "2026-11-02T00:00:00.000Z" });
  });

  test("behind is who lacks a version that is older than two syncs; a newer one is only a lag", async () => {
    expect(await names({ filters: { behind: true }, sort: "rig" })).toBe("BDEFGHI");
    await hub.sql`update rigs set synced_version = 7 where rig_id = 'RIG-C'`;
    const [line] = (await list({ filters: { text: "rig-c" } })).rigs;
    expect(line).toMatchObject({ lag: 2, behind: false });
    await hub.sql`update rigs set synced_version = 6 where rig_id = 'RIG-C'`;
    expect((await rigCounts(hub.context)).behind).toBe(8);
    expect((await list({ filters: { text: "rig-j" } })).rigs[0]).toMatchObject({ lag: null, behind: false });
  });

  test("events of seven days come from the days' counts, and no events are no share", async () => {
    await storeDays(hub.sql, [
      { rig_id: "RIG-A", day: "2026-11-10", events: 2 },
      { rig_id: "RIG-A", day: "2026-11-04", events: 1, outcome: "Resolved" },
      { rig_id: "RIG-A", day: "2026-11-03", events: 50 },
      { rig_id: "RIG-B", day: "2026-11-09", events: 2, outcome: "FalsePositive" },
    ]);
    await hub.sql`
      insert into rig_days (rig_id, day, first_at, last_at, upload_bytes, sync_bytes)
      values ('RIG-A', '2026-11-10', '2026-11-10T01:00:00Z', '2026-11-10T11:00:00Z', 500, 20),
        ('RIG-B', '2026-11-09', '2026-11-09T01:00:00Z', '2026-11-09T11:00:00Z', 500, 20)`;
    const { rigs } = await list({ sort: "rig" });
    expect(rigs[0]).toMatchObject({ events_7d: 3, answered_7d: 1 / 3, bytes_today: 520 });
    expect(rigs[1]).toMatchObject({ events_7d: 2, answered_7d: 1, bytes_today: null });
    expect(rigs[2]).toMatchObject({ events_7d: 0, answered_7d: null });
    expect(await names({ sort: "events_7d", descending: true })).toMatch(/^AB/);
    expect(await names({ sort: "answered_7d" })).toBe("ABCDEFGHIJ");
    expect(await names({ sort: "answered_7d", descending: true })).toBe("BACDEFGHIJ");
  });

  test("each filter narrows the list, and its characters mean themselves", async () => {
    expect(await names({ filters: { field: "Delaware" } })).toBe("B");
    expect(await names({ filters: { state: "late" } })).toBe("DC");
    expect(await names({ filters: { text: "wolf_camp 100%" } })).toBe("C");
    expect(await names({ filters: { text: "%" } })).toBe("C");
    expect(await names({ filters: { text: "' or 1=1" } })).toBe("");
    expect(await names({ filters: { oldSpoke: true }, sort: "spoke" })).toBe("BD");
    expect((await list({ filters: { state: "late", text: "rig-b" } })).counts).toMatchObject({ active: 1, late: 0 });
    expect((await list()).fields).toEqual(["Delaware", "Permian"]);
  });

  test("the campaign is that of the rig's newest event; a held one does not count", async () => {
    await storeRows(hub.sql, [
      anEventRow({ rig_id: "RIG-A", second: 1_794_000_000, campaign: "PlugAbandonment" }),
      anEventRow({ rig_id: "RIG-A", second: 1_793_000_000, campaign: "Production" }),
      anEventRow({ rig_id: "RIG-A", second: 1_795_000_000, campaign: "Production", held: true }),
    ]);
    expect(await names({ filters: { campaign: "PlugAbandonment" } })).toBe("A");
    expect(await names({ filters: { campaign: "Production" } })).toBe("");
    const { rigs } = await list({ sort: "rig" });
    expect(rigs.slice(0, 2)).toMatchObject([{ campaign: "PlugAbandonment" }, { campaign: null }]);
  });

  test("what a rig never told stands last both ways", async () => {
    expect(await names({ sort: "queue" })).toMatch(/^FE/);
    expect(await names({ sort: "queue", descending: true })).toMatch(/^EF/);
    expect(await names({ sort: "queue_worst", descending: true })).toMatch(/^EFA/);
    expect(await names({ sort: "offset" })).toMatch(/^JA/);
  });

  const orders = RIG_SORTS.flatMap((sort) => [
    { sort, descending: false },
    { sort, descending: true },
  ]);
  test.each(orders)("pages of $sort (descending $descending) join to the whole list", async (order) => {
    const whole = await names(order);
    expect(whole.split("").toSorted().join("")).toBe("ABCDEFGHIJ");
    let joined = "";
    let after: string | undefined;
    for (;;) {
      const { rigs, next } = await list({ ...order, limit: 3, after });
      joined += rigs.map(({ rig_id }) => rig_id.slice(-1)).join("");
      if (next === null) break;
      after = next;
    }
    expect(joined).toBe(whole);
  });

  test("a place of another order, or none, is refused", async () => {
    const { next } = await list({ sort: "rig", limit: 1 });
    for (const after of [next ?? "", "nonsense", "", mark(["x"]), mark([1, "a\0"]), "x".repeat(5000)]) {
      const refusal = await rejection(list({ sort: "lag", after }));
      expect(refusal).toMatchObject({ code: "invalid_request" });
    }
  });

  test("every rig of a filter comes out for a file", async () => {
    const seen: string[] = [];
    for await (const rigs of eachRig(hub.context, { filters: { state: "silent" }, sort: "rig", descending: true })) {
      seen.push(...rigs.map(({ rig_id }) => rig_id));
    }
    expect(seen).toEqual(["RIG-H", "RIG-F", "RIG-E"]);
  });
});

function mark(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
