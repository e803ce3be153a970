import { expect, test } from "bun:test";
import { join } from "node:path";
import { Fault } from "../../src/base/fault.ts";
import type { FleetEpisode } from "../../src/wire/episode.ts";
import { openLibraryStore, type LibraryStore } from "../../spoke/library/store.ts";
import { createLibrarySync, type LibrarySync } from "../../spoke/library/sync.ts";
import { anEpisode, libraryHub, type LibraryHub, type LibraryHubOptions } from "../support/library-hub.ts";
import { rigContext, type RigContext } from "../support/rig.ts";
import { temporaryDirectory } from "../support/temporary.ts";

interface Setup {
  readonly hub: LibraryHub;
  readonly store: LibraryStore;
  readonly sync: LibrarySync;
  readonly context: RigContext;
  /** Ids that the mirror would hold. */
  readonly mirrored: Set<string>;
  readonly path: string;
}

function setup(options: LibraryHubOptions & { cap?: number; path?: string; hub?: LibraryHub } = {}): Setup {
  const hub = options.hub ?? libraryHub(options);
  const path = options.path ?? join(temporaryDirectory(), "library.sqlite");
  const cap = options.cap ?? 10_000;
  const context = rigContext({ settings: { library_max_episodes: cap } });
  const store = openLibraryStore(path, cap);
  const mirrored = new Set([...store.all()].map(({ id }) => id));
  const follower = {
    follow(changes: { upserted: readonly FleetEpisode[]; removed: readonly string[] }) {
      for (const { id } of changes.upserted) mirrored.add(id);
      for (const id of changes.removed) mirrored.delete(id);
    },
    reload() {
      mirrored.clear();
      for (const { id } of store.all()) mirrored.add(id);
    },
  };
  const sync = createLibrarySync(context, { source: hub, store, follower });
  return { hub, store, sync, context, mirrored, path };
}

function many(count: number, from = 0): FleetEpisode[] {
  return Array.from({ length: count }, (_, at) =>
    anEpisode({ timestamp: 1_794_000_000 + from + at, score: 0.9 - at / 1000 }),
  );
}

function stored({ store }: { store: LibraryStore }): string[] {
  return [...store.all()].map(({ id }) => id).toSorted();
}

function ids(episodes: readonly FleetEpisode[]): string[] {
  return episodes.map(({ id }) => id).toSorted();
}

test("a first pull takes every page and asks from the version of its first", async () => {
  const rig = setup();
  const episodes = many(8);
  rig.hub.put(...episodes);
  const report = await rig.sync.syncOnce();
  expect(report).toMatchObject({ result: "updated", pages: 3, taken: 8, removed: 0, version: 1 });
  expect(stored(rig)).toEqual(ids(episodes));
  expect([...rig.mirrored].toSorted()).toEqual(ids(episodes));
  expect((await rig.sync.syncOnce()).result).toBe("fresh");
  expect(rig.hub.asked.at(-1)?.get("since")).toBe("1");
});

test("a pull that is cut after any page goes on where it was, and ends with the hub's library", async () => {
  for (let cut = 0; cut <= 4; cut++) {
    const rig = setup();
    const episodes = many(11);
    rig.hub.put(...episodes);
    rig.hub.cutAfter(cut);
    expect(rig.sync.syncOnce()).rejects.toThrow("the link was cut");
    rig.hub.cutAfter(Infinity);
    rig.store.close();
    const restarted = setup({ hub: rig.hub, path: rig.path });
    const report = await restarted.sync.syncOnce();
    expect(report.pages).toBe(4 - cut);
    expect(stored(restarted)).toEqual(ids(episodes));
  }
});

test("a delta replaces, adds and removes, and touches nothing else", async () => {
  const rig = setup();
  const [first, second, third] = many(3) as [FleetEpisode, FleetEpisode, FleetEpisode];
  rig.hub.put(first, second, third);
  await rig.sync.syncOnce();
  const fourth = anEpisode({ timestamp: 1_795_000_000 });
  rig.hub.put({ ...first, outcome: "FalsePositive", score: 0.2 }, fourth);
  rig.hub.archive(second.id);
  const report = await rig.sync.syncOnce();
  expect(report).toMatchObject({ taken: 2, removed: 1, version: 3 });
  expect(stored(rig)).toEqual(ids([first, third, fourth]));
  expect([...rig.mirrored].toSorted()).toEqual(ids([first, third, fourth]));
});

test("defect 5: an update of a known episode replaces what the rig has", async () => {
  const rig = setup();
  const pending = anEpisode({ outcome: "Pending", score: 0.3 });
  rig.hub.put(pending);
  await rig.sync.syncOnce();
  rig.hub.put({ ...pending, outcome: { Resolved: { action_taken: "shut_in" } }, score: 0.9 });
  await rig.sync.syncOnce();
  expect(rig.store.episodes([pending.id])[0]).toMatchObject({ outcome: { Resolved: { action_taken: "shut_in" } } });
});

test("defect 12: the cap keeps the best by score, not the newest", async () => {
  const rig = setup({ cap: 2 });
  const best = anEpisode({ timestamp: 1_000, score: 0.9 });
  const good = anEpisode({ timestamp: 2_000, score: 0.7 });
  const newest = anEpisode({ timestamp: 1_795_000_000, score: 0.1 });
  rig.hub.put(best, good, newest);
  await rig.sync.syncOnce();
  expect(stored(rig)).toEqual(ids([best, good]));
  expect(rig.mirrored.has(newest.id)).toBe(false);
});

test("a library larger than the cap is not pulled to its end", async () => {
  const rig = setup({ cap: 6 });
  rig.hub.put(...many(60));
  const report = await rig.sync.syncOnce();
  expect(report.pages).toBe(3);
  expect(rig.store.count()).toBe(6);
  expect((await rig.sync.syncOnce()).result).toBe("fresh");
});

test("a library that its cap cut off is filled up again when much of it was archived", async () => {
  const rig = setup({ cap: 6 });
  const episodes = many(12);
  rig.hub.put(...episodes);
  await rig.sync.syncOnce();
  rig.hub.archive(...episodes.slice(0, 3).map(({ id }) => id));
  await rig.sync.syncOnce();
  expect(rig.store.count()).toBe(3);
  await rig.sync.syncOnce();
  expect(stored(rig)).toEqual(ids(episodes.slice(3, 9)));
});

test("another epoch brings the whole library, and what it does not name is dropped after its last page", async () => {
  const rig = setup();
  const before = many(7);
  rig.hub.put(...before);
  await rig.sync.syncOnce();
  const after = [...before.slice(0, 2), ...many(3, 500)];
  rig.hub.restore("epoch-b", ...after);
  rig.hub.cutAfter(1);
  expect(rig.sync.syncOnce()).rejects.toThrow("cut");
  expect(rig.store.count()).toBeGreaterThan(6);
  rig.hub.cutAfter(Infinity);
  await rig.sync.syncOnce();
  expect(stored(rig)).toEqual(ids(after));
  expect([...rig.mirrored].toSorted()).toEqual(ids(after));
});

test("a change while pages are pulled comes at once with the next pull", async () => {
  const rig = setup();
  rig.hub.put(...many(7));
  const late = anEpisode({ timestamp: 1_795_000_000, score: 0.95 });
  const get = rig.hub.get.bind(rig.hub);
  let calls = 0;
  const hub: LibraryHub = {
    ...rig.hub,
    asked: rig.hub.asked,
    get(path, options) {
      if (++calls === 2) rig.hub.put(late);
      return get(path, options);
    },
  };
  const again = setup({ hub });
  await again.sync.syncOnce();
  expect(again.store.episodes([late.id])[0]?.id).toBe(late.id);
  expect(again.store.cursor().version).toBe(2);
});

test("defect 13: a row that is no episode is reported, and the rest is taken", async () => {
  const rig = setup();
  const good = anEpisode();
  rig.hub.put(good);
  rig.hub.putRaw({ ...anEpisode({ timestamp: 5 }), category: "Weather" });
  rig.hub.putRaw("nonsense");
  rig.hub.putRaw({ ...anEpisode({ timestamp: 7 }), id: "" });
  rig.hub.putRaw(anEpisode({ timestamp: 6, resolution_summary: "x".repeat(100_000) }));
  const report = await rig.sync.syncOnce();
  expect(report).toMatchObject({ taken: 1, refused: 4 });
  expect(rig.store.refusedRows()).toEqual([
    { id: "", problem: expect.stringContaining("/id") },
    { id: "RIG-9-5-episode", problem: expect.stringContaining("/category") },
    { id: "RIG-9-6-episode", problem: expect.stringMatching(/^\/ has 100\d{3} characters/) },
    { id: "row 2", problem: expect.any(String) },
  ]);
  expect(stored(rig)).toEqual([good.id]);
});

test("defect 13: the hub's 304 counts as a pull that went well", async () => {
  const rig = setup();
  rig.hub.put(anEpisode());
  await rig.sync.syncOnce();
  const first = rig.store.cursor().syncedAt ?? 0;
  rig.context.clock.advance(3_600_000);
  expect((await rig.sync.syncOnce()).result).toBe("fresh");
  expect(rig.store.cursor().syncedAt).toBe(first + 3600);
});

test("a hub that knows no versions is read whole each time, and what it no longer has goes", async () => {
  const rig = setup({ old: true });
  const episodes = many(9).map(({ score: _score, ...episode }) => episode);
  rig.hub.put(...episodes);
  await rig.sync.syncOnce();
  expect(stored(rig)).toEqual(ids(episodes));
  rig.hub.archive(...episodes.slice(0, 4).map(({ id }) => id));
  await rig.sync.syncOnce();
  expect(stored(rig)).toEqual(ids(episodes.slice(4)));
  expect(rig.hub.asked.at(-1)?.get("since")).toBe("0");
});

test("the rig's own episodes are not kept", async () => {
  const rig = setup();
  rig.hub.put(anEpisode(), anEpisode({ id: "RIG-1-7-episode", rig_id: "RIG-1" }));
  await rig.sync.syncOnce();
  expect(stored(rig)).toEqual([anEpisode().id]);
});

test("after a timeout the next attempt waits longer for its page", async () => {
  const rig = setup({ cut: () => new Fault("timeout", "no whole reply") });
  rig.hub.put(anEpisode());
  rig.hub.cutAfter(0);
  expect(rig.sync.syncOnce()).rejects.toThrow("no whole reply");
  expect(rig.sync.syncOnce()).rejects.toThrow("no whole reply");
  const [first = 0, second = 0] = rig.hub.deadlines;
  expect(first).toBeGreaterThan(60_000);
  expect(second).toBeGreaterThan(first);
});
