import { afterEach, describe, expect, test } from "bun:test";
import { Fault } from "../../../src/base/fault.ts";
import type { CurationRun } from "../../../src/db/curation-runs.ts";
import { BACKLOG_POLL_MS, createCurator, type Curator } from "../../../src/domain/curation/curator.ts";
import { cronSchedule, type Schedule } from "../../../src/domain/curation/schedule.ts";
import { curationHub } from "../../support/curation-hub.ts";
import { forEachEngine } from "../../support/postgres.ts";
import { rejection } from "../../support/rejection.ts";

const T = 1_795_000_000;
const HOUR_MS = 3_600_000;

/** A schedule whose hour strikes when the test says so. */
function manualSchedule() {
  const state = { everyS: 0, stopped: false, task: async (): Promise<void> => {} };
  const schedule: Schedule = (everyS, task) => {
    Object.assign(state, { everyS, task });
    return { stop: () => void (state.stopped = true) };
  };
  return { schedule, state, strike: () => state.task() };
}

forEachEngine("curator", (engine) => {
  const hub = curationHub(engine, { settings: { curation_quiet_ms: 2000, curation_wait_max_ms: 5000 } });
  let curators: Curator[] = [];

  function newCurator(schedule: Schedule = manualSchedule().schedule): Curator {
    const curator = createCurator(hub.context, schedule);
    curators.push(curator);
    return curator;
  }

  afterEach(async () => {
    for (const curator of curators) await curator.stop();
    curators = [];
  });

  async function runs(): Promise<Pick<CurationRun, "cause" | "events_read">[]> {
    return hub.sql`select cause, events_read from curation_runs where finished_at is not null order by id`;
  }

  /** Lets everything that waits for nothing but the database come to rest. */
  async function until(condition: () => boolean | Promise<boolean>): Promise<void> {
    while (!(await condition())) await new Promise((resolve) => setImmediate(resolve));
  }

  const finished = (count: number) => until(async () => (await runs()).length === count);

  describe("woken by an arrival", () => {
    test("curates it after the quiet, not before", async () => {
      const curator = newCurator();
      const episode = await hub.store({ second: T });
      curator.wake();
      await until(() => hub.context.clock.sleepers === 1);
      hub.context.clock.advance(1999);
      expect(await runs()).toEqual([]);
      hub.context.clock.advance(1);
      await finished(1);
      expect(await hub.library()).toEqual([episode]);
    });

    test("waits for the last of several, but no longer than the limit after the first", async () => {
      const curator = newCurator();
      await hub.store({ second: T });
      curator.wake();
      for (let second = 0; second < 4; second++) {
        await until(() => hub.context.clock.sleepers === 1);
        hub.context.clock.advance(1000);
        await until(() => hub.context.clock.sleepers === 1);
        curator.wake();
      }
      expect(await runs()).toEqual([]);
      hub.context.clock.advance(1000);
      await finished(1);
    });

    test("does nothing on a hub where another one curates, and still runs on request", async () => {
      const curator = createCurator(
        { ...hub.context, settings: { ...hub.context.settings, curation: false } },
        manualSchedule().schedule,
      );
      await hub.store({ second: T });
      curator.start();
      curator.wake();
      expect(hub.context.clock.sleepers).toBe(0);
      expect((await curator.run("request")).events_read).toBe(1);
      await curator.stop();
    });
  });

  test("finds what another hub took, without being woken", async () => {
    newCurator().start();
    await hub.store({ second: T });
    await until(() => hub.context.clock.sleepers === 1);
    hub.context.clock.advance(BACKLOG_POLL_MS);
    await until(() => hub.context.clock.sleepers === 2);
    hub.context.clock.advance(2000);
    await finished(1);
    expect(await runs()).toEqual([{ cause: "arrival", events_read: 1 }]);
  });

  test("looks for work and leaves no row while there is none", async () => {
    newCurator().start();
    for (let look = 0; look < 5; look++) {
      await until(() => hub.context.clock.sleepers === 1);
      hub.context.clock.advance(BACKLOG_POLL_MS);
    }
    await until(() => hub.context.clock.sleepers === 1);
    expect(await hub.sql`select id from curation_runs`).toHaveLength(0);
  });

  describe("on schedule", () => {
    test("runs every so many seconds, ages the library and marks silent rigs", async () => {
      const { schedule, state, strike } = manualSchedule();
      newCurator(schedule).start();
      await hub.store({ second: T });
      await strike();
      expect(state.everyS).toBe(hub.context.settings.curation_interval_s);
      expect(await runs()).toEqual([{ cause: "schedule", events_read: 1 }]);
      expect(await hub.sql`select status from rigs`).toMatchObject([{ status: "inactive" }]);
    });

    test("stops with the curator", async () => {
      const { schedule, state, strike } = manualSchedule();
      const curator = newCurator(schedule);
      curator.start();
      await curator.stop();
      expect(state.stopped).toBe(true);
      await strike();
      expect(await runs()).toEqual([]);
    });
  });

  describe("asked for a run", () => {
    test("gives the row of one that saw everything stored before the call", async () => {
      const curator = newCurator();
      await hub.store({ second: T });
      const run = await curator.run("request");
      expect(run).toMatchObject({ cause: "request", events_read: 1, episodes_created: 1, version: expect.any(Number) });
      expect(await curator.lastRun()).toEqual(run);
      expect(run.finished_at).not.toBeNull();
    });

    test("during another run, shares the next with all who ask meanwhile", async () => {
      const curator = newCurator();
      await hub.store({ second: T });
      const first = curator.run("arrival");
      const others = [curator.run("arrival"), curator.run("request"), curator.run("arrival")];
      await hub.store({ second: T + 10_000 });
      const ids = (await Promise.all([first, ...others])).map(({ id }) => id);
      expect(new Set(ids).size).toBe(2);
      expect(new Set(ids.slice(1)).size).toBe(1);
      expect((await runs()).map(({ cause }) => cause)).toEqual(["arrival", "request"]);
    });

    test("after it stopped, refuses", async () => {
      const curator = newCurator();
      await curator.stop();
      const error = await rejection(curator.run("request"));
      expect(error).toBeInstanceOf(Fault);
      expect((error as Fault).code).toBe("unavailable");
    });
  });

  test("told to stop, finishes its batch and leaves the rest for the next start", async () => {
    for (let at = 0; at < 3; at++) await hub.store({ second: T + at * 10_000 });
    const curator = newCurator();
    const run = curator.run("arrival");
    await curator.stop();
    const { events_read: read, error } = await run;
    expect(error).toBeNull();
    const [left] = await hub.sql<{ events: number }[]>`select count(*) as events from events where needs_curation`;
    expect(read + (left?.events ?? 0)).toBe(3);
  });

  test("forgets rows of runs after a month, but never the newest", async () => {
    await hub.run("schedule");
    await hub.run();
    hub.context.clock.advance(31 * 24 * HOUR_MS);
    await hub.run("schedule");
    expect(await runs()).toEqual([{ cause: "schedule", events_read: 0 }]);
  });
});

describe("the schedule in real time", () => {
  test("strikes at once, and never after it was stopped", async () => {
    const struck = Promise.withResolvers<void>();
    let strikes = 0;
    const schedule = cronSchedule(3600, async () => {
      strikes++;
      struck.resolve();
    });
    await struck.promise;
    schedule.stop();
    expect(strikes).toBe(1);
  });
});
