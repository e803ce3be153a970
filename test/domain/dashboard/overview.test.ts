import { expect, test } from "bun:test";
import { latestArrivals } from "../../../src/domain/dashboard/arrivals.ts";
import { concerns, fleetCounts, lastMonth, OVERVIEW_DAYS } from "../../../src/domain/dashboard/overview.ts";
import { domainHub } from "../../support/domain-hub.ts";
import { forEachEngine } from "../../support/postgres.ts";

const HOUR_MS = 3_600_000;
const NOON_S = Date.parse("2026-11-10T12:00:00Z") / 1000;

forEachEngine("overview", (engine) => {
  const hub = domainHub(engine);

  test("an empty hub counts nothing and only misses its backups", async () => {
    const counts = await fleetCounts(hub.context);
    expect(counts).toMatchObject({ events_today: 0, critical_pending: 0, quarantined: 0, library: { total: 0 } });
    expect(counts.rigs.all).toBe(0);
    const kinds = (await concerns(hub.context)).map(({ kind }) => kind);
    expect(kinds).toEqual(["backup_old", "backup_unproven"]);
  });

  test("a month has every day of it, the empty ones too, and today last", async () => {
    const rig = await hub.enrol("RIG-A");
    await hub.upload(rig, rig.event({ timestamp: NOON_S - 60, advisory: { category: "Mechanical" } }));
    const month = await lastMonth(hub.context);
    expect(month.dates).toHaveLength(OVERVIEW_DAYS);
    expect(month.dates.at(-1)).toBe("2026-11-10");
    expect(month.days).toEqual([{ date: "2026-11-10", category: "Mechanical", count: 1 }]);
    expect(month.outcomes.find(({ outcome }) => outcome === "Pending")?.count).toBe(1);
  });

  test("the most pressing stands first: a Critical without an answer before a silent rig", async () => {
    const rig = await hub.enrol("RIG-B");
    await hub.upload(rig, rig.event({ timestamp: NOON_S - 30, advisory: { risk_level: "Critical" } }));
    hub.context.clock.advance(49 * HOUR_MS);
    const found = await concerns(hub.context);
    expect(found.map(({ kind }) => kind)).toEqual([
      "critical_pending",
      "silent_rig",
      "silent_rig",
      "backup_old",
      "backup_unproven",
    ]);
    expect(found[0]).toMatchObject({ count: 1, since: new Date((NOON_S - 30) * 1000).toISOString() });
    expect(found[1]).toMatchObject({ rig: "RIG-A" });
  });

  test("the latest to arrive stand first, whatever their rigs' clocks say", async () => {
    const rig = await hub.enrol("RIG-AHEAD");
    const nowS = Math.floor(hub.context.clock.now() / 1000);
    await hub.upload(rig, rig.event({ id: `RIG-AHEAD-${nowS + 3600}`, timestamp: nowS + 3600 }));
    hub.context.clock.advance(1000);
    const last = rig.event({ id: `RIG-AHEAD-${nowS}`, timestamp: nowS });
    await hub.upload(rig, last);
    const [first, second] = await latestArrivals(hub.context, 2);
    expect([first?.id, second?.id]).toEqual([`RIG-AHEAD-${nowS}`, `RIG-AHEAD-${nowS + 3600}`]);
  });

  test("a backup that was made and proven is no concern until it is old", async () => {
    const at = new Date(hub.context.clock.now());
    await hub.sql`insert into backup_log ${hub.sql([
      { kind: "backup", at, ok: true },
      { kind: "restore", at, ok: true },
      { kind: "restore", at: new Date(at.getTime() + 1), ok: false },
    ])}`;
    const kinds = async () =>
      (await concerns(hub.context)).map(({ kind }) => kind).filter((kind) => /backup/.test(kind));
    expect(await kinds()).toEqual([]);
    hub.context.clock.advance(14 * HOUR_MS);
    expect(await kinds()).toEqual(["backup_old"]);
    hub.context.clock.advance(8 * 24 * HOUR_MS);
    expect(await kinds()).toEqual(["backup_old", "backup_unproven"]);
  });
});
