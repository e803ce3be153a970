import { describe, expect, test } from "bun:test";
import { MODIFIED_SINCE_MARGIN_S } from "../../../src/domain/library/by-date.ts";
import { parseModifiedSince } from "../../../src/domain/library/modified-since.ts";
import { publish, rigKey } from "../../support/episode-rows.ts";
import { hubLibrary } from "../../support/hub-library.ts";
import { ask, readBytes, type ReadReply } from "../../support/library-client.ts";
import { forEachEngine } from "../../support/postgres.ts";

const T0 = Date.parse("2026-11-10T12:00:00Z") / 1000;
const HOUR_S = 3600;
const dateOf = (seconds: number) => new Date(seconds * 1000);

forEachEngine("library for rigs of the first implementation", (engine) => {
  const hub = hubLibrary(engine, ["RIG-1", "RIG-2", "RIG-3"]);
  const ids = (reply: ReadReply | undefined) => reply?.episodes.map(({ id }) => id).toSorted();
  const since = (modifiedSinceS: number, rigId = "RIG-2") => ask(hub.library, rigId, { modifiedSinceS });
  const at = (seconds: number) => hub.context.clock.set(dateOf(seconds).toISOString());

  test("defect 4: without a query the whole library comes at once, compressed and plain alike", async () => {
    await publish(hub.sql, { at: dateOf(T0), put: [{ id: "own", rigId: "RIG-2" }] });
    await publish(hub.sql, { at: dateOf(T0), put: [{ id: "a" }, { id: "b", rigId: "RIG-3" }, { id: "z" }] });
    for (const acceptsZstd of [true, false]) {
      const reply = await ask(hub.library, "RIG-2", { acceptsZstd });
      expect(ids(reply)).toEqual(["a", "b", "z"]);
      expect(reply).toMatchObject({ version: 2, total_fleet_episodes: 4, pruned_ids: [] });
      expect(Object.keys(reply ?? {}).toSorted()).toEqual([
        "episodes",
        "pruned_ids",
        "total_fleet_episodes",
        "version",
      ]);
    }
  });

  test("the answer counts what it brings and tells its length before it is read", async () => {
    const answer = await hub.library.answer({ key: rigKey("RIG-3"), acceptsZstd: false });
    expect(answer).toMatchObject({ status: 200, version: 2, total: 4, count: 3, encoding: "identity" });
    if (answer.status === 200) expect(await readBytes(answer.body)).toHaveLength(answer.byteLength ?? 0);
  });

  test("a rig that synced after the last change, by more than the margin, gets 304", async () => {
    at(T0 + HOUR_S);
    expect(await since(T0 + HOUR_S)).toBeUndefined();
  });

  test("the margin is added to what a rig's clock says", async () => {
    await publish(hub.sql, { at: dateOf(T0 + 2 * HOUR_S), put: [{ id: "late" }], archive: ["z"] });
    const edge = T0 + 2 * HOUR_S + MODIFIED_SINCE_MARGIN_S;
    expect(ids(await since(edge - 1))).toEqual(["late"]);
    expect((await since(edge - 1))?.pruned_ids).toEqual(["z"]);
    expect(await since(edge)).toBeUndefined();
  });

  test("defect 9: a rig whose clock is a year ahead misses nothing", async () => {
    const future = T0 + 365 * 24 * HOUR_S;
    await publish(hub.sql, { at: dateOf(T0 + 3 * HOUR_S), put: [{ id: "later" }] });
    expect(ids(await since(future))).toEqual(["later"]);
    expect(await since(future)).toBeUndefined();
  });

  test("a rig whose clock is behind gets more than it needs, and never less", async () => {
    expect(ids(await since(T0 - HOUR_S))).toEqual(["a", "b", "late", "later"]);
  });

  test("a rig that never had a reply gets the whole library, whatever date it names", async () => {
    const rigId = "RIG-1";
    expect(ids(await since(T0 + 9 * HOUR_S, rigId))).toEqual(["b", "own"]);
  });

  test("what changed is the rig's own only: 304", async () => {
    await publish(hub.sql, { at: dateOf(T0 + 4 * HOUR_S), put: [{ id: "own", rigId: "RIG-2" }] });
    expect(await since(T0 + 4 * HOUR_S)).toBeUndefined();
  });

  test("a cursor below the tombstones' floor gets everything, and the ids that are still known to be gone", async () => {
    await hub.sql`update library_state set tombstone_floor = 2`;
    const reply = await since(T0 - HOUR_S);
    expect(ids(reply)).toEqual(["a", "b", "late", "later"]);
    expect(reply?.pruned_ids).toEqual(["z"]);
    await hub.sql`update library_state set tombstone_floor = 0`;
  });

  test("a delta too large for one reply is answered with the whole library", async () => {
    const text = "x".repeat(1_000_000);
    await publish(hub.sql, {
      at: dateOf(T0 + 5 * HOUR_S),
      put: [1, 2, 3, 4, 5].map((n) => ({ id: `big-${n}`, text })),
    });
    expect(ids(await since(T0 + 4 * HOUR_S))).toEqual([
      "a",
      "b",
      "big-1",
      "big-2",
      "big-3",
      "big-4",
      "big-5",
      "late",
      "later",
    ]);
  });
});

describe("If-Modified-Since", () => {
  test.each([
    ["1762776000", 1_762_776_000],
    [" 1762776000 ", 1_762_776_000],
    ["Mon, 10 Nov 2025 12:00:00 GMT", 1_762_776_000],
  ])("%p is understood", (header, seconds) => {
    expect(parseModifiedSince(header)).toBe(seconds);
  });

  test.each([
    null,
    undefined,
    "",
    "yesterday",
    "-5",
    "1.5",
    "999999999999",
    "2025-11-10",
    "Mon, 99 Nov 2025 12:00:00 GMT",
  ])("%p means nothing", (header) => {
    expect(parseModifiedSince(header)).toBeUndefined();
  });
});
