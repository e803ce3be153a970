import { expect, test } from "bun:test";
import { zstdCompressSync } from "node:zlib";
import { contentDigest } from "../../src/base/digest.ts";
import { encodeEvent } from "../../src/wire/codec.ts";
import { anEvent } from "../support/builders.ts";
import { fixtureEvents, lowRiskEvents } from "../support/fixtures.ts";
import { ADMIN_KEY, testHub } from "../support/hub.ts";
import { forEachEngine } from "../support/postgres.ts";

const JSON_TYPE = { "Content-Type": "application/json" };

forEachEngine("the contract", (engine) => {
  const hub = testHub(engine);
  let rigs = 0;
  async function enrol(): Promise<{ key: string; rig_id: string }> {
    const rig_id = `RIG-${++rigs}`;
    return { key: await hub.register(rig_id), rig_id };
  }

  test("an event is accepted once and a replay is told so, whatever its spacing", async () => {
    const { key, rig_id } = await enrol();
    const event = anEvent({ rig_id });
    const first = await hub.upload(key, event, { "X-Rig-ID": rig_id });
    expect([first.status, await first.json()]).toEqual([201, { id: event.id, status: "accepted" }]);
    const plain = { key, headers: JSON_TYPE, body: JSON.stringify(event, null, 2) };
    const replay = await hub.send("POST", "/api/fleet/events", plain);
    expect([replay.status, await replay.json()]).toEqual([409, { id: event.id, status: "already_exists" }]);
  });

  test("the same id with another body is a conflict with a reason", async () => {
    const { key, rig_id } = await enrol();
    await hub.upload(key, anEvent({ rig_id, notes: "one" }));
    const reply = await hub.upload(key, anEvent({ rig_id, notes: "two" }));
    expect(reply.status).toBe(409);
    expect(await reply.json()).toMatchObject({ status: "conflict", error: expect.any(String) });
  });

  test("a stored event is given back to its rig and to the admin, unknown fields and all", async () => {
    const { key, rig_id } = await enrol();
    const event = { ...anEvent({ rig_id }), from_a_newer_rig: { a: 1 } };
    await hub.upload(key, event);
    for (const reader of [key, ADMIN_KEY]) {
      const reply = await hub.send("GET", `/api/fleet/events/${event.id}`, { key: reader });
      expect(await reply.json()).toEqual(event);
    }
  });

  test("defect 28: a rig reads only its own events", async () => {
    const [mine, other] = [await enrol(), await enrol()];
    const event = anEvent({ rig_id: mine.rig_id });
    await hub.upload(mine.key, event);
    expect((await hub.send("GET", `/api/fleet/events/${event.id}`, { key: other.key })).status).toBe(404);
    const patch = { key: other.key, json: { outcome: "Resolved", action_taken: "x", notes: null } };
    expect((await hub.send("PATCH", `/api/fleet/events/${event.id}/outcome`, patch)).status).toBe(403);
  });

  test("hostile and mistaken bodies get a clear error that names what is wrong", async () => {
    const { key, rig_id } = await enrol();
    const good = encodeEvent(anEvent({ rig_id }));
    const frame = Buffer.from(hub.context.zstd.compress(good));
    const send = async (
      body: BodyInit,
      headers: Record<string, string> = {},
    ): Promise<[number, string | undefined]> => {
      const reply = await hub.send("POST", "/api/fleet/events", { key, headers: { ...JSON_TYPE, ...headers }, body });
      return [reply.status, ((await reply.json()) as { error?: string }).error];
    };
    const zstd = { "Content-Encoding": "zstd" };
    expect(await send("{")).toEqual([400, expect.stringContaining("not JSON")]);
    expect(await send(frame.subarray(0, 100), zstd)).toEqual([400, expect.stringContaining("cut off")]);
    expect(await send(Buffer.concat([frame, frame.subarray(0, 3)]), zstd)).toEqual([400, expect.any(String)]);
    expect(await send(Buffer.from(good), zstd)).toEqual([400, expect.stringContaining("not zstd")]);
    expect(await send(zstdCompressSync(Buffer.alloc(20_000_000)), zstd)).toEqual([
      413,
      expect.stringContaining("inflates"),
    ]);
    expect(await send(Buffer.alloc(1_100_000, 32))).toEqual([413, expect.stringContaining("1048576")]);
    expect(await send(`${"[".repeat(5000)}${"]".repeat(5000)}`)).toEqual([400, expect.stringContaining("nested")]);
    expect(await send(Buffer.from(good), { "Content-Encoding": "gzip" })).toEqual([
      415,
      expect.stringContaining("gzip"),
    ]);
    expect(await send(Buffer.from(good), { "Content-Type": "text/plain" })).toEqual([
      415,
      expect.stringContaining("text/plain"),
    ]);
    expect(await send(Buffer.from(good), { "Content-Digest": contentDigest(frame) })).toEqual([
      400,
      expect.stringContaining("differs"),
    ]);
    const wrong = JSON.stringify({ ...anEvent({ rig_id }), depth: "deep" });
    expect(await send(wrong)).toEqual([
      422,
      expect.stringContaining('/depth must be one of the allowed forms, not "deep"'),
    ]);
    expect(await send(Buffer.from(encodeEvent(anEvent({ rig_id, id: "RIG-9-1" }))))).toEqual([
      422,
      expect.stringContaining("RIG-9-1"),
    ]);
    expect(await send(Buffer.from(good))).toEqual([201, undefined]);
  });

  test("a refused upload is counted under its rig, with its event where the body tells", async () => {
    const event = anEvent({ rig_id: "RIG-REFUSED" });
    const key = await hub.register(event.rig_id);
    const counted = async (): Promise<readonly object[]> => hub.context.sql<object[]>`
      select code, refusals, last_event_id from rig_refusals where rig_id = ${event.rig_id} order by code`;
    expect((await hub.upload(key, { ...event, field: "f".repeat(500) })).status).toBe(422);
    expect(await counted()).toEqual([{ code: "schema", refusals: 1, last_event_id: event.id }]);
    expect((await hub.upload(key, anEvent({ rig_id: "RIG-OTHER" }))).status).toBe(403);
    expect((await hub.upload("sk-fleet-wrong", event)).status).toBe(401);
    expect((await hub.upload(key, event)).status).toBe(201);
    expect(await counted()).toHaveLength(1);
  });

  test("a Low event of real rig software is refused", async () => {
    const [low] = lowRiskEvents();
    if (low === undefined) throw new Error("the fixtures hold Low events");
    const key = await hub.register(low.rig_id);
    expect((await hub.upload(key, low)).status).toBe(422);
  });

  test("a chunked body is cut off at the limit", async () => {
    const { key } = await enrol();
    let sent = 0;
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        sent += 65_536;
        if (sent > 50_000_000) controller.close();
        else controller.enqueue(new Uint8Array(65_536).fill(32));
      },
    });
    const reply = await hub.send("POST", "/api/fleet/events", { key, headers: JSON_TYPE, body });
    expect(reply.status).toBe(413);
    expect(sent).toBeLessThan(2_000_000);
  });

  test("keys open what they may and nothing else", async () => {
    const { key, rig_id } = await enrol();
    const status = async (method: string, path: string, bearer?: string, headers = {}): Promise<number> =>
      (await hub.send(method, path, { ...(bearer === undefined ? {} : { key: bearer }), headers })).status;
    expect(await status("GET", "/api/fleet/library")).toBe(401);
    expect(await status("GET", "/api/fleet/library", "sk-fleet-wrong")).toBe(401);
    expect(await status("GET", "/api/fleet/library", key, { "X-Rig-ID": "RIG-OTHER" })).toBe(403);
    expect(await status("GET", "/api/fleet/library", key, { "X-Rig-ID": rig_id })).toBe(200);
    expect(await status("GET", "/api/fleet/rigs", key)).toBe(403);
    expect(await status("GET", "/api/fleet/rigs")).toBe(401);
    expect(await status("GET", "/api/fleet/rigs", ADMIN_KEY)).toBe(200);
    expect(await status("GET", "/api/fleet/library/stats", ADMIN_KEY)).toBe(200);
    expect(await status("GET", "/api/fleet/health")).toBe(200);
  });

  test("a revoked rig is out at once, and a rig cannot be registered twice", async () => {
    const { key, rig_id } = await enrol();
    const again = { key: ADMIN_KEY, json: { rig_id, well_id: "W", field: "F" } };
    expect((await hub.send("POST", "/api/fleet/rigs/register", again)).status).toBe(409);
    expect((await hub.send("POST", `/api/fleet/rigs/${rig_id}/revoke`, { key: ADMIN_KEY })).status).toBe(200);
    expect((await hub.upload(key, anEvent({ rig_id }))).status).toBe(403);
    expect((await hub.send("GET", "/api/fleet/library", { key })).status).toBe(403);
  });

  test("defect 2: an outcome by the rig's own client raises the episode that other rigs get", async () => {
    const [rig, other] = [await enrol(), await enrol()];
    const event = anEvent({ rig_id: rig.rig_id, timestamp: 1_794_000_000 });
    await hub.upload(rig.key, event);
    await hub.curator.run("request");
    const before = await episodeOf(other.key, event.id);
    expect(before).toMatchObject({ outcome: "Pending", rig_id: rig.rig_id });
    const patch = {
      key: rig.key,
      json: { outcome: "Resolved", action_taken: "Reduced WOB by 5 klbs", notes: "cleared" },
    };
    expect((await hub.send("PATCH", `/api/fleet/events/${event.id}/outcome`, patch)).status).toBe(200);
    await hub.curator.run("request");
    const after = await episodeOf(other.key, event.id);
    expect(after.outcome).toEqual({ Resolved: { action_taken: "Reduced WOB by 5 klbs" } });
    expect(after.score).toBeGreaterThan(before.score);
    expect(await episodesOf(rig.key)).not.toContainEqual(expect.objectContaining({ rig_id: rig.rig_id }));
  });

  test("an outcome is checked: its name, its event, its owner", async () => {
    const { key, rig_id } = await enrol();
    const event = anEvent({ rig_id });
    await hub.upload(key, event);
    const patch = async (id: string, json: unknown): Promise<number> =>
      (await hub.send("PATCH", `/api/fleet/events/${id}/outcome`, { key, json })).status;
    expect(await patch(event.id, { outcome: "Fixed" })).toBe(400);
    expect(await patch(`${rig_id}-1`, { outcome: "Resolved" })).toBe(404);
    const odd = {
      outcome: "FalsePositive",
      given_by: "n".repeat(201),
      given_at: "noon",
      precedents: ["RIG-9-1-episode", 7],
    };
    expect(await patch(event.id, odd)).toBe(200);
    expect(await patch(event.id, { outcome: "Escalated", action_taken: null, notes: "tool pusher called" })).toBe(200);
    const stored = await (await hub.send("GET", `/api/fleet/events/${event.id}`, { key })).json();
    expect(stored).toMatchObject({ outcome: { Escalated: { reason: "tool pusher called" } } });
  });

  test("events of both generations of the rig software are taken", async () => {
    const [real] = fixtureEvents();
    if (real === undefined) throw new Error("the fixtures hold events");
    const key = await hub.register(real.rig_id);
    expect((await hub.upload(key, real)).status).toBe(201);
    const newer = {
      ...real,
      id: `${real.rig_id}-${real.advisory.timestamp + 100}`,
      timestamp: real.timestamp + 107,
      advisory: { ...real.advisory, timestamp: real.advisory.timestamp + 100, category: "Mechanical" as const },
      history_window: real.history_window.slice(-1),
    };
    expect((await hub.upload(key, newer)).status).toBe(201);
  });

  test("what is not there says so, and the routes are described", async () => {
    const missing = await hub.send("GET", "/api/fleet/nothing");
    expect([missing.status, await missing.json()]).toEqual([
      404,
      { error: expect.stringContaining("/openapi"), code: "not_found" },
    ]);
    const openapi = (await (await hub.send("GET", "/openapi")).json()) as { paths: object };
    expect(Object.keys(openapi.paths)).toContain("/api/fleet/events/{id}/outcome");
    const metrics = await (await hub.send("GET", "/metrics")).text();
    expect(metrics).toContain("fleet_hub_db_up 1");
  });

  interface SeenEpisode {
    readonly id: string;
    readonly rig_id: string;
    readonly outcome: unknown;
    readonly score: number;
  }

  async function episodesOf(key: string): Promise<SeenEpisode[]> {
    const reply = await hub.send("GET", "/api/fleet/library", { key });
    return ((await reply.json()) as { episodes: SeenEpisode[] }).episodes;
  }

  async function episodeOf(key: string, eventId: string): Promise<SeenEpisode> {
    const found = (await episodesOf(key)).find(({ id }) => id === `${eventId}-episode`);
    if (found === undefined) throw new Error(`the library holds no episode of ${eventId}`);
    return found;
  }
});
