import { expect, test } from "bun:test";
import { contentDigest, sha256 } from "../../src/base/digest.ts";
import { encodeEvent } from "../../src/wire/codec.ts";
import type { FleetEvent } from "../../src/wire/event.ts";
import { OFFER_MAX, offeredDigest, outcomeMark } from "../../src/wire/offer.ts";
import { anEvent } from "../support/builders.ts";
import { testHub } from "../support/hub.ts";
import { forEachEngine } from "../support/postgres.ts";

const MARK = outcomeMark({ outcome: "Resolved", action_taken: "reamed", notes: null });

function digestOf(event: FleetEvent): string {
  return offeredDigest(sha256(encodeEvent(event)));
}

forEachEngine("an offer", (engine) => {
  const hub = testHub(engine);
  let rigs = 0;
  async function enrol(): Promise<{ key: string; rig_id: string }> {
    const rig_id = `RIG-${++rigs}`;
    return { key: await hub.register(rig_id), rig_id };
  }
  async function offer(key: string, events: unknown): Promise<{ status: number; json: unknown }> {
    const reply = await hub.send("POST", "/api/fleet/events/offer", { key, json: { events } });
    return { status: reply.status, json: await reply.json() };
  }

  test("is answered by what the hub lacks: events, other bodies, and answers", async () => {
    const { key, rig_id } = await enrol();
    const [known, changed, lost] = [1, 2, 3].map((at) => anEvent({ rig_id, timestamp: 1_790_000_000 + at }));
    if (known === undefined || changed === undefined || lost === undefined) throw new Error("three events were made");
    for (const event of [known, changed]) await hub.upload(key, event);
    const { json } = await offer(key, [
      { id: known.id, digest: digestOf(known), outcome: MARK },
      { id: changed.id, digest: digestOf({ ...changed, notes: "otherwise" }) },
      { id: lost.id, digest: digestOf(lost), outcome: MARK },
    ]);
    const [state] = await hub.context.sql<{ epoch: string }[]>`select epoch from library_state`;
    expect(json).toEqual({ epoch: state?.epoch, wanted: [changed.id, lost.id], outcomes: [known.id, lost.id] });
  });

  test("is answered with the digest of the answer", async () => {
    const { key } = await enrol();
    const reply = await hub.send("POST", "/api/fleet/events/offer", { key, json: { events: [] } });
    expect(reply.headers.get("content-digest")).toBe(contentDigest(new Uint8Array(await reply.arrayBuffer())));
  });

  test("wants no answer that it has, with notes of the event or without", async () => {
    const { key, rig_id } = await enrol();
    const event = anEvent({ rig_id, notes: "of the event" });
    await hub.upload(key, event);
    const path = `/api/fleet/events/${event.id}/outcome`;
    const json = { outcome: "Resolved", action_taken: "reamed", notes: null };
    expect((await hub.send("PATCH", path, { key, json })).status).toBe(200);
    const told = await offer(key, [{ id: event.id, digest: digestOf(event), outcome: MARK }]);
    expect(told.json).toMatchObject({ wanted: [], outcomes: [] });
  });

  test("leaves a body alone that stood aside, and one that a person chose another for", async () => {
    const { key, rig_id } = await enrol();
    const event = anEvent({ rig_id });
    const twin = { ...event, notes: "another" };
    await hub.upload(key, event);
    await hub.upload(key, twin);
    expect((await offer(key, [{ id: event.id, digest: digestOf(twin) }])).json).toMatchObject({ wanted: [] });
    await hub.context.sql`update quarantine set decision = 'accepted' where event_id = ${event.id}`;
    const third = digestOf({ ...event, notes: "a third" });
    expect((await offer(key, [{ id: event.id, digest: third }])).json).toMatchObject({ wanted: [] });
  });

  test("says nothing of other rigs' events, and wants none that the rig cannot send", async () => {
    const [mine, other] = [await enrol(), await enrol()];
    const event = anEvent({ rig_id: other.rig_id });
    await hub.upload(other.key, event);
    const lost = anEvent({ rig_id: other.rig_id, timestamp: 1_790_000_009 });
    const events = [event, lost].map((each) => ({ id: each.id, digest: digestOf(each), outcome: MARK }));
    expect((await offer(mine.key, events)).json).toMatchObject({ wanted: [], outcomes: [] });
  });

  test("of more than a thousand is refused, and so are one without a key and one that is none", async () => {
    const { key, rig_id } = await enrol();
    const many = Array.from({ length: OFFER_MAX + 1 }, (_, at) => ({ id: `${rig_id}-${at}` }));
    expect((await offer(key, many.slice(1))).status).toBe(200);
    expect((await offer(key, many)).status).toBe(422);
    expect((await offer("sk-fleet-none", [])).status).toBe(401);
    expect((await offer(key, "all")).status).toBe(422);
  });
});
