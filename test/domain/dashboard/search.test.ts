import { beforeAll, describe, expect, test } from "bun:test";
import { find } from "../../../src/domain/dashboard/search.ts";
import { domainHub } from "../../support/domain-hub.ts";
import { publish } from "../../support/episode-rows.ts";
import { anEventRow, storeRows } from "../../support/event-rows.ts";
import { forEachEngine } from "../../support/postgres.ts";

const OPEN_MS = 60_000;
const SECOND = 1_794_187_658;

forEachEngine("search", (engine) => {
  const hub = domainHub(engine);

  beforeAll(async () => {
    await storeRows(
      hub.sql,
      [0, 10, 20, 3600].map((later) => anEventRow({ rig_id: "RIG-7", well_id: "OLD-1", second: SECOND + later })),
    );
    await storeRows(hub.sql, [anEventRow({ rig_id: "Nordsee 12", second: SECOND })]);
    await publish(hub.sql, { put: [{ id: `RIG-7-${SECOND}-episode`, rigId: "RIG-7" }] });
    await hub.sql`update rigs set well_id = 'WOLFCAMP-23H' where rig_id = 'RIG-7'`;
  }, OPEN_MS);

  test.each([
    ["RIG-7", "rig", "RIG-7"],
    [" rig-7 ", "rig", "RIG-7"],
    ["nordsee 12", "rig", "Nordsee 12"],
    ["wolfcamp-23h", "well", "WOLFCAMP-23H"],
    ["OLD-1", "well", "OLD-1"],
    [`RIG-7-${SECOND}`, "event", `RIG-7-${SECOND}`],
    [`rig-7-${SECOND}`, "event", `RIG-7-${SECOND}`],
    [`RIG-7-${SECOND}-episode`, "episode", `RIG-7-${SECOND}-episode`],
    [`RIG-7-${SECOND + 10}-episode`, "event", `RIG-7-${SECOND + 10}`],
  ] as const)("%p leads straight to the %s %s", async (text, kind, id) => {
    expect(await find(hub.context, text)).toEqual({ exact: { kind, id }, near: [] });
  });

  test("an event that is not there leads to its rig's events around that second, the nearest first", async () => {
    const { exact, near } = await find(hub.context, `RIG-7-${SECOND + 12}`);
    expect(exact).toBeUndefined();
    const events = near.filter(({ kind }) => kind === "event").map(({ id }) => id);
    expect(events.slice(0, 4)).toEqual([10, 20, 0, 3600].map((later) => `RIG-7-${SECOND + later}`));
  });

  test("a mistyped rig in front of an event's second finds the event", async () => {
    const { near } = await find(hub.context, `RIC-7-${SECOND}`);
    expect(near[0]).toEqual({ kind: "event", id: `RIG-7-${SECOND}` });
  });

  test("part of a name, a mistyped name and a bare second find what is meant", async () => {
    expect((await find(hub.context, "wolf")).near).toContainEqual({ kind: "well", id: "WOLFCAMP-23H" });
    expect((await find(hub.context, "WOLFCAMP-32H")).near).toContainEqual({ kind: "well", id: "WOLFCAMP-23H" });
    expect((await find(hub.context, "nordse12")).near).toContainEqual({ kind: "rig", id: "Nordsee 12" });
    const bare = await find(hub.context, `${SECOND}`);
    expect(bare.near.map(({ id }) => id)).toContain(`Nordsee 12-${SECOND}`);
  });

  describe("nothing is found", () => {
    test.each([
      "",
      "  ",
      "\0",
      "zzzzzzzzzzzzzzzzzzzz",
      "'; drop table rigs; --",
      "%",
      "x".repeat(5000),
      "-x-",
      "99999999999",
    ])("by %p", async (text) => {
      expect(await find(hub.context, text)).toEqual({ exact: undefined, near: [] });
    });
  });
});
