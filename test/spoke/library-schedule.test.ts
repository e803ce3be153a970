import { afterEach, expect, test } from "bun:test";
import { join } from "node:path";
import { Fault } from "../../src/base/fault.ts";
import { openLibraryStore } from "../../spoke/library/store.ts";
import { createLibrarySync, type LibrarySync } from "../../spoke/library/sync.ts";
import type { SpokeSettings } from "../../spoke/settings.ts";
import { anEpisode, libraryHub, type LibraryHub } from "../support/library-hub.ts";
import { rigContext, type RigContext } from "../support/rig.ts";

const running: { stop: AbortController; done: Promise<void> }[] = [];

afterEach(async () => {
  for (const { stop: each, done } of running.splice(0)) {
    each.abort();
    await done;
  }
});

function start(hub: LibraryHub, settings: Partial<SpokeSettings> = {}): { context: RigContext; sync: LibrarySync } {
  const context = rigContext({ settings });
  const store = openLibraryStore(join(context.settings.data_dir, "library.sqlite"), 100);
  const follower = { follow: () => {}, reload: () => {} };
  const sync = createLibrarySync(context, { source: hub, store, follower });
  const stopping = new AbortController();
  running.push({ stop: stopping, done: sync.run(stopping.signal) });
  return { context, sync };
}

/** Lets what is ready run until the loop sleeps. */
async function asleep({ clock }: RigContext): Promise<void> {
  for (let turn = 0; turn < 1000 && clock.sleepers === 0; turn++) await Promise.resolve();
  expect(clock.sleepers).toBe(1);
}

const unreachable = (): Error => new Fault("unavailable", "the hub cannot be reached");

test("defect 11: the first pull starts at boot, the next after the interval and its jitter", async () => {
  const hub = libraryHub();
  hub.put(anEpisode());
  const { context } = start(hub);
  await asleep(context);
  expect(hub.asked).toHaveLength(1);
  context.clock.advance((21_600 - 1801) * 1000);
  expect(context.clock.sleepers).toBe(1);
  context.clock.advance(2 * 1801 * 1000);
  await asleep(context);
  expect(hub.asked).toHaveLength(2);
});

test("a jitter made for hours does not outgrow an interval of seconds", async () => {
  const hub = libraryHub();
  const { context } = start(hub, { sync_interval_secs: 10 });
  await asleep(context);
  context.clock.advance(15_001);
  await asleep(context);
  expect(hub.asked).toHaveLength(2);
});

test("a pull that fails is tried again after seconds, then less and less often, and says why", async () => {
  const hub = libraryHub({ cut: unreachable });
  hub.put(anEpisode());
  hub.cutAfter(0);
  const { context, sync } = start(hub);
  await asleep(context);
  expect(sync.state.lastProblem).toBe("the hub cannot be reached");
  context.clock.advance(5_000);
  await asleep(context);
  expect(hub.asked).toHaveLength(2);
  for (let attempt = 0; attempt < 12; attempt++) {
    context.clock.advance(600_000);
    await asleep(context);
  }
  expect(hub.asked).toHaveLength(14);
  hub.cutAfter(Infinity);
  context.clock.advance(299_000);
  expect(context.clock.sleepers).toBe(1);
  context.clock.advance(301_000);
  await asleep(context);
  expect(sync.state).toMatchObject({ lastProblem: undefined, lastSuccessS: context.clock.now() / 1000 });
});

test("who wakes the loop does not wait for the interval", async () => {
  const hub = libraryHub();
  const { context, sync } = start(hub);
  await asleep(context);
  sync.wake();
  expect(context.clock.sleepers).toBe(0);
  await asleep(context);
  expect(hub.asked).toHaveLength(2);
});

test("the loop ends with its signal", async () => {
  const hub = libraryHub();
  const { context } = start(hub);
  await asleep(context);
  const [only] = running.splice(0);
  only?.stop.abort();
  await only?.done;
  expect(context.clock.sleepers).toBe(0);
});
