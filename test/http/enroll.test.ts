import { describe, expect, test } from "bun:test";
import { CODE_LIFETIME_MS, createEnrolment } from "../../src/domain/enrolment.ts";
import { ENROLL_LIMITS } from "../../src/http/routes/enroll.ts";
import { ADMIN } from "../support/domain-hub.ts";
import { ADMIN_KEY, testHub } from "../support/hub.ts";

const PLACE = { well_id: "W-1", field: "North", time_zone: "America/Chicago" };
const PATH = "/api/fleet/enroll";

describe("POST /api/fleet/enroll", () => {
  const hub = testHub("embedded");
  const code = async (rig_id: string) => (await createEnrolment(hub.context, { rig_id, ...PLACE }, ADMIN)).code;
  const enroll = (json: unknown) => hub.send("POST", PATH, { json });

  test("gives the machine its name and its key, once, and keeps nobody's copy", async () => {
    const given = await code("RIG-1");
    const reply = await enroll({ code: given.replace("-", "").toLowerCase() });
    expect(reply.status).toBe(201);
    expect(reply.headers.get("cache-control")).toBe("no-store");
    const { api_key, ...rest } = (await reply.json()) as { api_key: string };
    expect(rest).toEqual({ rig_id: "RIG-1", well_id: "W-1", field: "North", hub: { version: "0.0.0-test" } });
    expect((await hub.send("GET", "/api/fleet/library", { key: api_key })).status).toBeLessThan(400);
    const again = await enroll({ code: given });
    expect(again.status).toBe(410);
    expect(await again.json()).toMatchObject({ code: "gone", error: expect.stringContaining("was used at") });
  });

  test("takes a code that an admin made by the API", async () => {
    const path = "/api/fleet/rigs/enrolments";
    const made = await hub.send("POST", path, { key: ADMIN_KEY, json: { rig_id: "RIG-9", ...PLACE } });
    expect(made.status).toBe(201);
    const { code: given, ...rest } = (await made.json()) as { code: string };
    const ends = new Date(hub.context.clock.now() + CODE_LIFETIME_MS).toISOString();
    expect(rest).toEqual({ rig_id: "RIG-9", expires_at: ends });
    expect((await enroll({ code: given, rig_id: "RIG-9" })).status).toBe(201);
    expect((await hub.send("POST", path, { key: ADMIN_KEY, json: { rig_id: "RIG-9" } })).status).toBe(422);
  });

  test("answers every code that was never given alike", async () => {
    const replies = await Promise.all(["00000000", "no code", ""].map((wrong) => enroll({ code: wrong })));
    const texts = await Promise.all(replies.map((reply) => reply.text()));
    expect(replies.map(({ status }) => status)).toEqual([404, 404, 404]);
    expect(new Set(texts).size).toBe(1);
  });

  test("refuses another rig's code, a body that is none, and a large one", async () => {
    expect((await enroll({ code: await code("RIG-2"), rig_id: "RIG-3" })).status).toBe(403);
    expect((await enroll({})).status).toBe(422);
    expect((await enroll({ code: "x".repeat(41) })).status).toBe(422);
    expect((await hub.send("POST", PATH, { body: "x".repeat(70_000) })).status).toBe(413);
  });
});

describe("tries to enrol", () => {
  const hub = testHub("embedded");
  const tries = (times: number) =>
    Promise.all(Array.from({ length: times }, () => hub.send("POST", PATH, { json: { code: "00000000" } })));

  test("are limited, with the time to wait, also for the right code", async () => {
    const { code } = await createEnrolment(hub.context, { rig_id: "RIG-1", ...PLACE }, ADMIN);
    const replies = await tries(ENROLL_LIMITS.perAddress + 2);
    expect(replies.map(({ status }) => status)).toEqual([
      ...Array<number>(ENROLL_LIMITS.perAddress).fill(404),
      429,
      429,
    ]);
    const late = await hub.send("POST", PATH, { json: { code } });
    expect(late.status).toBe(429);
    expect(Number(late.headers.get("retry-after"))).toBe(ENROLL_LIMITS.windowMs / 1000);
    hub.context.clock.advance(ENROLL_LIMITS.windowMs);
    expect((await hub.send("POST", PATH, { json: { code } })).status).toBe(201);
  });
});
