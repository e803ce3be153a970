import { expect, test } from "bun:test";
import { seededRandom } from "../../src/base/random.ts";
import { SHARDS } from "../../src/db/daily-counts.ts";
import { countsByDay, countsByOutcome, depthCounts } from "../../src/db/dashboard/counts.ts";
import { createIngest } from "../../src/domain/ingest.ts";
import { recordOutcome } from "../../src/domain/outcomes.ts";
import { purgeRig } from "../../src/domain/purge.ts";
import { decideQuarantine } from "../../src/domain/quarantine.ts";
import { revokeRig } from "../../src/domain/rigs.ts";
import type { FleetEvent } from "../../src/wire/event.ts";
import type { OutcomePatch } from "../../src/wire/outcome.ts";
import { CAMPAIGNS, CATEGORIES, OUTCOME_NAMES, UPLOADED_RISKS } from "../../src/wire/vocabulary.ts";
import { ADMIN, domainHub, uploadOf, type EnrolledRig } from "../support/domain-hub.ts";
import { forEachEngine } from "../support/postgres.ts";

const DAY_S = 86_400;
const NOON_S = Date.parse("2026-11-10T12:00:00Z") / 1000;
const EVENTS_A_RIG = 40;
const EVER = { from: "2020-01-01", to: "2030-01-01" };

forEachEngine("the fleet's counts", (engine) => {
  const hub = domainHub(engine);
  const random = seededRandom(7);
  const rigs: EnrolledRig[] = [];
  const events: FleetEvent[] = [];

  function oneOf<T>(values: readonly [T, ...T[]]): T {
    return values[random.u32() % values.length] ?? values[0];
  }

  /** Of any month of a year, also of the future, at any depth that a body may carry. */
  function anyEvent(rig: EnrolledRig): FleetEvent {
    const timestamp = NOON_S - 300 * DAY_S + (random.u32() % (310 * DAY_S));
    return rig.event({
      timestamp,
      depth: oneOf([0, -20, 499.9, 500, 9_898, 12_345.6, 100_000, 1e12]),
      campaign: oneOf(CAMPAIGNS),
      history_window: [{ timestamp, depth: 1 }],
      advisory: { timestamp, category: oneOf(CATEGORIES), risk_level: oneOf(UPLOADED_RISKS) },
    });
  }

  /** What the counts should be by the events themselves, and what they are; a row that counts nothing is no difference. */
  async function differences(): Promise<readonly unknown[]> {
    return hub.sql`
      with kept as (
        select (timestamp at time zone 'UTC')::date as day, category, outcome, risk_level, campaign, count(*) as events
        from events group by 1, 2, 3, 4, 5
      ), by_rig as (
        select day, category, outcome, risk_level, campaign, sum(events) as events
        from daily_counts group by 1, 2, 3, 4, 5 having sum(events) <> 0
      ), by_day as (
        select day, category, outcome, risk_level, campaign, sum(events) as events
        from fleet_days group by 1, 2, 3, 4, 5 having sum(events) <> 0
      ), deep as (
        select date_trunc('month', timestamp at time zone 'UTC')::date as month,
          least(100000, greatest(0, floor(depth / 500) * 500))::int as band_ft, category, outcome, campaign,
          count(*) as events
        from events group by 1, 2, 3, 4, 5
      ), by_depth as (
        select month, band_ft, category, outcome, campaign, sum(events) as events
        from depth_months group by 1, 2, 3, 4, 5 having sum(events) <> 0
      )
      select 'rig' as what from ((table by_rig except table kept) union all (table kept except table by_rig)) as a
      union all
      select 'day' from ((table by_day except table kept) union all (table kept except table by_day)) as b
      union all
      select 'depth' from ((table by_depth except table deep) union all (table deep except table by_depth)) as c`;
  }

  test("follow uploads of two hubs at once, and replays count nothing", async () => {
    const hubs = [0, SHARDS - 1].map((shard) => {
      const context = { ...hub.context, shard };
      return { context, ingest: createIngest(context) };
    });
    for (let at = 0; at < 3; at++) rigs.push(await hub.enrol());
    const uploads = rigs.flatMap((rig) => Array.from({ length: EVENTS_A_RIG }, () => ({ rig, event: anyEvent(rig) })));
    await Promise.all(
      [...uploads, ...uploads.slice(0, 20)].map(async ({ rig, event }, at) => {
        const taken = hubs[at % 2];
        if (taken !== undefined) await taken.ingest.accept(uploadOf(hub.context, rig, event));
      }),
    );
    events.push(...new Map(uploads.map(({ event }) => [event.id, event])).values());
    expect(await differences()).toEqual([]);
    const shards = await hub.sql`select distinct shard from fleet_days order by shard`;
    expect(shards.map(({ shard }) => Number(shard))).toEqual([0, SHARDS - 1]);
  });

  test("follow answers that come at once, whichever hub takes them", async () => {
    const patches = events
      .slice(0, 60)
      .map((event): [FleetEvent, OutcomePatch] => [
        event,
        { outcome: oneOf(OUTCOME_NAMES), action_taken: "swept the hole" },
      ]);
    await Promise.all(
      patches.map(([event, patch], at) => {
        const rig = rigs.find(({ identity }) => identity.rigId === event.rig_id)?.identity;
        if (rig === undefined) throw new Error(`${event.rig_id} is not enrolled`);
        return recordOutcome({ ...hub.context, shard: at % 3 }, { rig, eventId: event.id, patch });
      }),
    );
    expect(await differences()).toEqual([]);
  });

  test("follow what a person decides about twins and events of the future", async () => {
    for (const [at, event] of events.slice(30, 50).entries()) {
      const rig = rigs.find(({ identity }) => identity.rigId === event.rig_id);
      if (rig !== undefined) await hub.upload(rig, { ...event, depth: at * 700, notes: "sent again, changed" });
    }
    const entries = await hub.sql<{ id: number }[]>`select id from quarantine order by id`;
    for (const { id } of entries) {
      await decideQuarantine(hub.context, { id, decision: oneOf(["accepted", "discarded"]), note: "" }, ADMIN);
    }
    expect(entries.length).toBeGreaterThanOrEqual(20);
    expect(await differences()).toEqual([]);
  });

  test("are read by day, risk, outcome and depth, each within its filters", async () => {
    const total = async (rows: Promise<{ count: number }[]>): Promise<number> =>
      (await rows).reduce((sum, { count }) => sum + count, 0);
    const [row] = await hub.sql<{ wanted: number }[]>`
      select count(*) as wanted from events where campaign = 'Production' and category = 'Hydraulics'`;
    const wanted = row?.wanted ?? 0;
    const filter = { campaign: "Production", category: "Hydraulics" } as const;
    expect(await total(countsByDay(hub.sql, EVER, filter))).toBe(wanted);
    expect(await total(countsByOutcome(hub.sql, EVER, filter))).toBe(wanted);
    expect(await total(countsByOutcome(hub.sql, { from: "2030-01-01", to: "2030-02-01" }))).toBe(0);
    const deep = await depthCounts(hub.sql, { campaign: "Production" });
    expect(deep.filter(({ category }) => category === "Hydraulics").reduce((sum, { count }) => sum + count, 0)).toBe(
      wanted,
    );
    expect(deep.every(({ band_ft: band }) => band >= 0 && band <= 100_000 && band % 500 === 0)).toBe(true);
    expect(await depthCounts(hub.sql, { to: "2020-01-01" })).toEqual([]);
  });

  test("follow a purge: what is left of the rig's events is nothing", async () => {
    const rigId = rigs[0]?.identity.rigId ?? "";
    await revokeRig(hub.context, rigId, ADMIN);
    expect((await purgeRig(hub.context, rigId, ADMIN)).events).toBeGreaterThan(0);
    expect(await differences()).toEqual([]);
    expect((await countsByOutcome(hub.sql, EVER)).length).toBeGreaterThan(0);
  });
});
