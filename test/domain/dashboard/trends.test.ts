import { expect, test } from "bun:test";
import { depthDensity, scatter, SCATTER_MAX, trends, type TrendWish } from "../../../src/domain/dashboard/trends.ts";
import { trends as trendsOfApi } from "../../../src/domain/dashboard.ts";
import { domainHub } from "../../support/domain-hub.ts";
import { forEachEngine } from "../../support/postgres.ts";

const NOON_S = Date.parse("2026-11-10T12:00:00Z") / 1000;
const DAY_S = 86_400;
const WISH: TrendWish = { days: 30, bucket: "day", by: "category", filter: {} };

forEachEngine("trends", (engine) => {
  const hub = domainHub(engine);
  const view = (wish: Partial<TrendWish> = {}) => trends(hub.context, { ...WISH, ...wish });

  test("an empty fleet has every bucket and no counts", async () => {
    const { buckets, counts, range } = await view({ days: 7 });
    expect(range).toEqual({ from: "2026-11-04", to: "2026-11-10" });
    expect(buckets).toHaveLength(7);
    expect(buckets.at(-1)).toBe("2026-11-10");
    expect(counts).toEqual([]);
    expect((await depthDensity(hub.context, WISH)).counts).toEqual([]);
    expect(await scatter(hub.context, WISH)).toEqual([]);
  });

  test("weeks begin on Monday and hold the sums of their days", async () => {
    const rig = await hub.enrol("RIG-A");
    for (const [back, category, depth] of [
      [0, "Mechanical", 10_100],
      [1, "Mechanical", 10_499],
      [2, "Hydraulics", 10_500],
      [9, "Mechanical", 900],
    ] as const) {
      const event = rig.event({ timestamp: NOON_S - back * DAY_S, depth, advisory: { category } });
      await hub.upload(rig, event);
    }
    const weeks = await view({ bucket: "week", days: 10 });
    expect(weeks.buckets).toEqual(["2026-10-26", "2026-11-02", "2026-11-09"]);
    expect(weeks.counts).toEqual([
      { bucket: "2026-10-26", name: "Mechanical", count: 1 },
      { bucket: "2026-11-02", name: "Hydraulics", count: 1 },
      { bucket: "2026-11-09", name: "Mechanical", count: 2 },
    ]);
  });

  test("days give the figures of the API", async () => {
    const { counts } = await view();
    const api = await trendsOfApi(hub.context, 30);
    const same = counts.map(({ bucket, name, count }) => ({ date: bucket, category: name, count }));
    expect(JSON.stringify(same)).toBe(JSON.stringify(api));
  });

  test("depths are counted in bands of 500 ft, an edge to the deeper one", async () => {
    const { counts, months } = await depthDensity(hub.context, WISH);
    expect(months).toEqual({ from: "2026-10-01", to: "2026-11-01" });
    expect(counts.map(({ band_ft, category, count }) => [band_ft, category, count])).toEqual([
      [500, "Mechanical", 1],
      [10_000, "Mechanical", 2],
      [10_500, "Hydraulics", 1],
    ]);
    const mechanical = await depthDensity(hub.context, { ...WISH, filter: { category: "Mechanical" } });
    expect(mechanical.counts).toHaveLength(2);
  });

  test("a filter leaves out what does not match, in counts and in points", async () => {
    const filter = { category: "Hydraulics" } as const;
    expect((await view({ filter })).counts).toHaveLength(1);
    const points = await scatter(hub.context, { ...WISH, filter });
    expect(points).toMatchObject([{ depth_ft: 10_500, outcome: "Pending" }]);
    expect(points.length).toBeLessThanOrEqual(SCATTER_MAX);
    expect((await view({ filter: { campaign: "PlugAbandonment" } })).campaigns).toEqual([]);
  });
});
