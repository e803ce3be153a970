import { expect, test } from "bun:test";
import { askForCuration } from "../../src/domain/curation/recurate.ts";
import { eventView } from "../../src/domain/dashboard/event.ts";
import { publish } from "../support/episode-rows.ts";
import { ADMIN, domainHub } from "../support/domain-hub.ts";
import { forEachEngine } from "../support/postgres.ts";
import { rejection } from "../support/rejection.ts";

const DAY_S = 86_400;
const TIMESTAMP = 1_794_187_658;

forEachEngine("one event", (engine) => {
  const hub = domainHub(engine);

  async function mark(id: string): Promise<unknown> {
    const [row] = await hub.sql`select needs_curation, curation_error from events where id = ${id}`;
    return row;
  }

  test("it comes with its body, its rig's zone, its episode and where its category is from", async () => {
    const rig = await hub.enrol();
    const event = rig.event();
    await hub.upload(rig, event);
    await publish(hub.sql, { put: [{ id: `${event.id}-episode`, rigId: rig.identity.rigId, score: 0.5 }] });
    await hub.sql`update events set episode_id = ${`${event.id}-episode`} where id = ${event.id}`;
    const view = await eventView(hub.context, event.id);
    expect(view).toMatchObject({ basis: "trace", twins: [], event: { id: event.id } });
    expect(view.facts).toMatchObject({ time_zone: "UTC", episode_events: 1, episode_score: 0.5, held: false });
  });

  test("one without an episode has none of its figures", async () => {
    const rig = await hub.enrol();
    const event = rig.event();
    await hub.upload(rig, event);
    const { facts } = await eventView(hub.context, event.id);
    expect(facts).toMatchObject({ episode_id: null, episode_events: null, episode_score: null });
  });

  test("what the quarantine has under its id is named", async () => {
    const rig = await hub.enrol();
    const event = rig.event();
    await hub.upload(rig, event);
    expect(await hub.upload(rig, { ...event, depth: 1 })).toMatchObject({ status: "conflict" });
    const { twins } = await eventView(hub.context, event.id);
    expect(twins).toEqual([{ id: expect.any(Number), reason: "conflict", decision: null }]);
  });

  test("asked for an id that is not there, it names the nearest of the rig on both sides", async () => {
    const rig = await hub.enrol("NEAR-1");
    for (const timestamp of [TIMESTAMP, TIMESTAMP + 10, TIMESTAMP + 20, TIMESTAMP + 30])
      await hub.upload(rig, rig.event({ timestamp }));
    expect(await rejection(eventView(hub.context, `NEAR-1-${TIMESTAMP + 12}`))).toMatchObject({
      code: "not_found",
      hint: `near it are NEAR-1-${TIMESTAMP + 20}, NEAR-1-${TIMESTAMP + 30}, NEAR-1-${TIMESTAMP + 10}, NEAR-1-${TIMESTAMP}`,
    });
    for (const id of ["NOBODY-1", "<script>", ""])
      expect(await rejection(eventView(hub.context, id))).toMatchObject({ hint: "the list of events has them all" });
  });

  test("an admin's wish for curation clears the error, marks the event and is on record", async () => {
    const rig = await hub.enrol();
    const event = rig.event();
    await hub.upload(rig, event);
    await hub.sql`update events set needs_curation = false, curation_error = 'odd' where id = ${event.id}`;
    await askForCuration(hub.context, ADMIN, event.id);
    expect(await mark(event.id)).toMatchObject({ needs_curation: true, curation_error: null });
    const [entry] = await hub.sql`select action, before from admin_audit where target = ${event.id}`;
    expect(entry).toMatchObject({ action: "event.recurate", before: { needs_curation: false, curation_error: "odd" } });
  });

  test("there is no curation of an event that is not there, or that a person has yet to decide about", async () => {
    const rig = await hub.enrol();
    const ahead = rig.event({ timestamp: Math.floor(hub.context.clock.now() / 1000) + 30 * DAY_S });
    await hub.upload(rig, ahead);
    const before = await mark(ahead.id);
    expect(await rejection(askForCuration(hub.context, ADMIN, ahead.id))).toMatchObject({ code: "conflict" });
    expect(await mark(ahead.id)).toEqual(before);
    expect(await rejection(askForCuration(hub.context, ADMIN, "NOBODY-1"))).toMatchObject({ code: "not_found" });
    const entries = await hub.sql`select id from admin_audit where action = 'event.recurate' and target = ${ahead.id}`;
    expect(entries).toHaveLength(0);
  });
});
