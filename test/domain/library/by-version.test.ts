import { expect, test } from "bun:test";
import { PRUNED_PAGE_MAX } from "../../../src/domain/library/pages.ts";
import { publish, rigKey } from "../../support/episode-rows.ts";
import { hubLibrary } from "../../support/hub-library.ts";
import { ask, type Asked, type ReadReply } from "../../support/library-client.ts";
import { forEachEngine } from "../../support/postgres.ts";
import { rejection } from "../../support/rejection.ts";

forEachEngine("library by version", (engine) => {
  const hub = hubLibrary(engine, ["RIG-1", "RIG-2"]);
  const two = (asked: Asked) => ask(hub.library, "RIG-2", asked);
  const ids = (reply: ReadReply | undefined) => reply?.episodes.map(({ id }) => id);

  test("an empty library changes nothing for a rig that has nothing", async () => {
    expect(await two({ since: 0 })).toBeUndefined();
  });

  test("a rig that has nothing gets the whole library, best first, without its own", async () => {
    await publish(hub.sql, {
      put: [
        { id: "low", score: 0.2 },
        { id: "own", rigId: "RIG-2", score: 0.9 },
        { id: "high", score: 0.8 },
      ],
    });
    const reply = await two({ since: 0 });
    expect(ids(reply)).toEqual(["high", "low"]);
    expect(reply).toMatchObject({
      version: 1,
      epoch: hub.epoch,
      next: null,
      full: true,
      total_fleet_episodes: 3,
      pruned_ids: [],
    });
  });

  test("a rig that has everything gets 304, with and without naming the epoch", async () => {
    const answer = await hub.library.answer({ key: rigKey("RIG-2"), since: 1, epoch: hub.epoch, acceptsZstd: true });
    expect(answer).toEqual({ status: 304, version: 1 });
    expect(await two({ since: 1 })).toBeUndefined();
  });

  test("defect 15: the first version is not lost, and archiving alone makes one", async () => {
    expect(ids(await two({ since: 0 }))).toHaveLength(2);
    await publish(hub.sql, { archive: ["low"] });
    expect(await two({ since: 1, epoch: hub.epoch })).toMatchObject({
      version: 2,
      episodes: [],
      pruned_ids: ["low"],
      full: false,
    });
  });

  test("a delta holds what changed after the cursor, plain as well as zstd", async () => {
    await publish(hub.sql, { put: [{ id: "new", score: 0.4 }] });
    for (const acceptsZstd of [true, false]) {
      const reply = await two({ since: 2, epoch: hub.epoch, acceptsZstd });
      expect(ids(reply)).toEqual(["new"]);
      expect(reply).toMatchObject({ pruned_ids: [], total_fleet_episodes: 3, full: false, next: null });
    }
  });

  test("an archived episode that comes back is not among the pruned", async () => {
    await publish(hub.sql, { put: [{ id: "low", score: 0.3 }] });
    const reply = await two({ since: 1, epoch: hub.epoch });
    expect(reply?.pruned_ids).toEqual([]);
    expect(ids(reply)).toEqual(["new", "low"]);
  });

  test("what changed is the rig's own only: the reply is empty and moves the cursor", async () => {
    const version = await publish(hub.sql, { put: [{ id: "own", rigId: "RIG-2", score: 0.1 }] });
    expect(await two({ since: version - 1, epoch: hub.epoch })).toMatchObject({ version, episodes: [], next: null });
  });

  test("another epoch, or a cursor ahead of the hub, starts a whole library", async () => {
    expect(await two({ since: 2, epoch: "another" })).toMatchObject({ full: true, epoch: hub.epoch });
    expect(await two({ since: 1_000, epoch: hub.epoch })).toMatchObject({ full: true, pruned_ids: [] });
  });

  test("defect 13: tombstones are bounded; a cursor below their floor gets the whole library", async () => {
    await hub.sql`update library_state set tombstone_floor = 3`;
    expect(await two({ since: 2, epoch: hub.epoch })).toMatchObject({ full: true });
    expect(await two({ since: 3, epoch: hub.epoch })).toMatchObject({ full: false });
    await hub.sql`update library_state set tombstone_floor = 0`;
  });

  test("pages cover the library once, in order, and carry on with whatever limit", async () => {
    const put = Array.from({ length: 25 }, (_, at) => ({ id: `tie-${String(at).padStart(2, "0")}`, score: 0.05 }));
    await publish(hub.sql, { put });
    const whole = ids(await two({ since: 0 })) ?? [];
    const paged: string[] = [];
    let page: string | null | undefined;
    for (const limit of [1, 7, 2, 3, 200]) {
      const reply = await two(page === undefined || page === null ? { since: 0, limit } : { page, limit });
      paged.push(...(ids(reply) ?? []));
      expect(reply?.full).toBe(page === undefined);
      page = reply?.next;
    }
    expect(page).toBeNull();
    expect(paged).toEqual(whole);
    expect(whole).toHaveLength(28);
  });

  test("pruned ids are bounded a page and resumed like episodes", async () => {
    const put = Array.from({ length: PRUNED_PAGE_MAX + 20 }, (_, at) => ({ id: `gone-${at}` }));
    const since = await publish(hub.sql, { put });
    await publish(hub.sql, { archive: put.map(({ id }) => id) });
    await publish(hub.sql, { put: [{ id: "kept", score: 0.6 }] });
    const first = await two({ since, epoch: hub.epoch });
    expect(ids(first)).toEqual(["kept"]);
    expect(first?.pruned_ids).toHaveLength(PRUNED_PAGE_MAX);
    const second = await two({ page: first?.next ?? "" });
    expect(second).toMatchObject({ episodes: [], next: null });
    expect(new Set([...(first?.pruned_ids ?? []), ...(second?.pruned_ids ?? [])]).size).toBe(put.length);
  });

  test("a page is bounded by bytes, and an episode larger than a page still comes", async () => {
    const text = "x".repeat(150_000);
    const since = await publish(hub.sql, { put: [] });
    await publish(hub.sql, { put: ["a", "b", "c"].map((id) => ({ id: `large-${id}`, text })) });
    const first = await two({ since, epoch: hub.epoch });
    expect(ids(first)).toEqual(["large-a"]);
    const small = await two({ since, epoch: hub.epoch, limit: 1 });
    expect(ids(small)).toEqual(["large-a"]);
    expect(ids(await two({ page: small?.next ?? "" }))).toEqual(["large-b"]);
  });

  test("a page that cannot be continued starts a whole library instead of leaving a hole", async () => {
    const begun = await two({ since: 3, epoch: hub.epoch, limit: 1 });
    await hub.sql`update library_state set tombstone_floor = 4`;
    expect(await two({ page: begun?.next ?? "", limit: 1 })).toMatchObject({ full: true });
    await hub.sql`update library_state set tombstone_floor = 0`;
    expect(await two({ page: begun?.next ?? "", limit: 1 })).toMatchObject({ full: false });
  });

  test("a mark written by hand, with more episodes sent than a sync can have, is refused", async () => {
    const begun = await two({ since: 0, limit: 1 });
    const marked = (sent: number): string => {
      const mark = JSON.parse(Buffer.from(begun?.next ?? "", "base64url").toString()) as object;
      return Buffer.from(JSON.stringify({ ...mark, sent })).toString("base64url");
    };
    expect(ids(await two({ page: marked(1_000_000), limit: 1 }))).toHaveLength(1);
    const beyond = two({ page: marked(2 ** 31 - 1), limit: 1 });
    expect(await rejection(beyond)).toMatchObject({ code: "invalid_request" });
  });

  const refused: [string, Asked][] = [
    ["a page that is no mark", { page: "nonsense" }],
    ["an empty page", { page: "" }],
    ["a page of other fields", { page: Buffer.from('{"epoch":"x"}').toString("base64url") }],
    ["a page longer than any mark", { page: "A".repeat(5_000) }],
    ["limit 0", { limit: 0 }],
    ["a limit past the most", { limit: 2_001 }],
    ["a version below 0", { since: -1 }],
    ["a version that is no whole number", { since: 1.5 }],
    ["an epoch with a NUL", { since: 1, epoch: "a\0" }],
  ];
  test.each(refused)("%s is refused", async (_name, asked) => {
    expect(await rejection(two(asked))).toMatchObject({ code: "invalid_request" });
  });
});
