import { expect, test } from "bun:test";
import { curationRun, curationRuns, curationState } from "../../../src/domain/dashboard/curation.ts";
import { createCurator } from "../../../src/domain/curation/curator.ts";
import { domainHub } from "../../support/domain-hub.ts";
import { forEachEngine } from "../../support/postgres.ts";
import { rejection } from "../../support/rejection.ts";

forEachEngine("the view of curation", (engine) => {
  const hub = domainHub(engine);

  test("before the first run there is none, and the next by schedule is not known", async () => {
    expect(await curationRuns(hub.context, { filters: {}, limit: 10 })).toEqual({ runs: [], next: null });
    expect(await curationState(hub.context)).toMatchObject({ backlog: 0, next_scheduled: null, uncurated: [] });
    expect(await rejection(curationRun(hub.context, 1))).toMatchObject({ code: "not_found" });
  });

  test("a run is told with the versions it made", async () => {
    const rig = await hub.enrol();
    await hub.upload(rig, rig.event());
    const curator = createCurator(hub.context);
    const { id, version } = await curator.run("arrival");
    await curator.run("schedule");
    await curator.stop();
    const detail = await curationRun(hub.context, id);
    expect(detail.run).toMatchObject({ cause: "arrival", events_read: 1, episodes_created: 1, version });
    expect(detail.versions.map((made) => made.version)).toEqual([version ?? 0]);
    const state = await curationState(hub.context);
    const { curation_interval_s: everyS } = hub.context.settings;
    expect(state.next_scheduled).toBe(new Date(hub.context.clock.now() + everyS * 1000).toISOString());
  });

  test("runs are filtered by cause and by what came of them, in pages", async () => {
    hub.context.clock.advance(1000);
    await hub.sql`insert into curation_runs (cause, started_at, finished_at, error) values
      ('schedule', ${new Date(hub.context.clock.now())}, ${new Date(hub.context.clock.now())}, 'disk full')`;
    const kinds = async (filters: Parameters<typeof curationRuns>[1]["filters"]) =>
      (await curationRuns(hub.context, { filters, limit: 10 })).runs.map(({ cause }) => cause);
    expect(await kinds({ kind: "failed" })).toEqual(["schedule"]);
    expect(await kinds({ kind: "changed", cause: "arrival" })).toEqual(["arrival"]);
    expect(await kinds({ cause: "schedule" })).toEqual(["schedule", "schedule"]);
    const first = await curationRuns(hub.context, { filters: {}, limit: 2 });
    const rest = await curationRuns(hub.context, { filters: {}, limit: 2, after: first.next ?? "" });
    expect(rest.runs).toHaveLength(1);
    expect(await rejection(curationRuns(hub.context, { filters: {}, limit: 2, after: "?" }))).toMatchObject({
      code: "invalid_request",
    });
    expect((await curationState(hub.context)).last_error).toBe("disk full");
  });
});
