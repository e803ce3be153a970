import { expect, test } from "bun:test";
import { OUTCOME_TEXT_MAX } from "../../src/base/limits.ts";
import { readEvent } from "../../src/domain/events.ts";
import { recordOutcome } from "../../src/domain/outcomes.ts";
import { encodeEvent } from "../../src/wire/codec.ts";
import { domainHub } from "../support/domain-hub.ts";
import { forEachEngine } from "../support/postgres.ts";
import { rejection } from "../support/rejection.ts";

forEachEngine("a stored event", (engine) => {
  const hub = domainHub(engine);

  async function read(id: string): Promise<unknown> {
    const found = await readEvent(hub.context, id);
    return found === undefined ? undefined : JSON.parse(new TextDecoder().decode(found.json));
  }

  test("comes back byte by byte, however the rig spaced it, with its owner", async () => {
    const rig = await hub.enrol();
    const event = rig.event();
    const json = new TextEncoder().encode(JSON.stringify({ ...event, extra: { kept: [1.5, null] } }, undefined, 1));
    await hub.upload(rig, event, { json });
    const found = await readEvent(hub.context, event.id);
    expect(found?.rigId).toBe(rig.identity.rigId);
    expect(Buffer.compare(found?.json ?? Buffer.alloc(0), json)).toBe(0);
    expect((await readEvent(hub.context, event.id))?.rigId).toBe(rig.identity.rigId);
  });

  test("shows the outcome as it is now, and everything else as it was", async () => {
    const rig = await hub.enrol();
    const event = rig.event();
    await hub.upload(rig, event);
    const patch = { outcome: "Escalated", action_taken: "town called", notes: "kick suspected" } as const;
    await recordOutcome(hub.context, { rig: rig.identity, eventId: event.id, patch });
    expect(await read(event.id)).toEqual({
      ...event,
      outcome: { Escalated: { reason: "town called" } },
      notes: "kick suspected",
    });
  });

  test("keeps a text whole that the library would cut", async () => {
    const rig = await hub.enrol();
    const event = rig.event({ outcome: { Resolved: { action_taken: "x".repeat(OUTCOME_TEXT_MAX + 1) } } });
    await hub.upload(rig, event);
    expect(await read(event.id)).toEqual(JSON.parse(new TextDecoder().decode(encodeEvent(event))));
    const [row] = await hub.sql`select length(action_taken) as kept from events where id = ${event.id}`;
    expect(row).toEqual({ kept: OUTCOME_TEXT_MAX });
  });

  test("that is not there is undefined", async () => {
    expect(await read("RIG-1-1")).toBeUndefined();
    expect(await readEvent(hub.context, "RIG-1-1")).toBeUndefined();
  });

  test("that was damaged on the disk is refused, never shown", async () => {
    const rig = await hub.enrol();
    const event = rig.event();
    await hub.upload(rig, event);
    const other = hub.context.zstd.compress(encodeEvent({ ...event, depth: 9_899 }));
    await hub.sql`update events set frame = ${other} where id = ${event.id}`;
    expect(await rejection(readEvent(hub.context, event.id))).toMatchObject({ code: "corrupt" });
  });
});
