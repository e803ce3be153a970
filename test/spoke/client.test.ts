import { expect, test } from "bun:test";
import { contentDigest } from "../../src/base/digest.ts";
import { Fault } from "../../src/base/fault.ts";
import { KIB, MIB } from "../../src/base/limits.ts";
import { systemNet, type NetReply } from "../../src/base/net.ts";
import { runtimeZstd } from "../../src/base/zstd.ts";
import { createClient, type HubClient } from "../../spoke/client.ts";
import type { OutcomeVerdict, UploadVerdict } from "../../spoke/verdicts.ts";
import { rejection } from "../support/rejection.ts";
import { rigContext } from "../support/rig.ts";
import { htmlReply, jsonReply, scriptedNet, type ScriptedNet } from "../support/scripted-net.ts";

const FRAME = runtimeZstd.compress(new TextEncoder().encode('{"id":"RIG-1-100"}'));
const ID = "RIG-1-100";
const LIMITS = { maxReplyBytes: MIB, maxJsonBytes: MIB };

function clientWith(reply: NetReply | Error): { client: HubClient; net: ScriptedNet } {
  const net = scriptedNet(() => reply);
  return { client: createClient(rigContext({ net })), net };
}

const upload = (reply: NetReply | Error): Promise<UploadVerdict> => clientWith(reply).client.uploadEvent(FRAME, ID);
const patch = (reply: NetReply | Error): Promise<OutcomeVerdict> =>
  clientWith(reply).client.sendOutcome(ID, { outcome: "FalsePositive" });

test("an upload carries key, rig, time, version, digest and what was dropped, and a deadline for its size", async () => {
  const { client, net } = clientWith(jsonReply(201, { id: ID, status: "accepted" }));
  await client.uploadEvent(FRAME, ID, {
    droppedEvents: 3,
    queuedAt: 1_794_187_658_123,
    queue: { events: 2, oldest: 1_794_187_658, worst: "High" },
  });
  expect(net.requests).toMatchObject([
    {
      method: "POST",
      url: "http://hub.test:8080/api/fleet/events",
      body: FRAME,
      deadlineMs: 60_001,
      headers: {
        Authorization: expect.stringMatching(/^Bearer sk-fleet-/) as string,
        "X-Rig-ID": "RIG-1",
        "X-Rig-Time": String(Date.parse("2026-11-23T12:00:00Z")),
        "X-Spoke-Version": expect.stringMatching(/^\d+\.\d+\.\d+/) as string,
        "X-Dropped-Events": "3",
        "X-Event-Queued": "1794187658123",
        "X-Queue": "events=2; oldest=1794187658; worst=High",
        "Content-Digest": contentDigest(FRAME),
        "Content-Encoding": "zstd",
        "Content-Type": "application/json",
      },
    },
  ]);
  await client.uploadEvent(new Uint8Array(MIB), ID);
  expect(net.requests[1]?.deadlineMs).toBe(60_000 + 32_768);
  for (const name of ["X-Dropped-Events", "X-Event-Queued", "X-Queue"]) {
    expect(net.requests[1]?.headers).not.toHaveProperty(name);
  }
});

test("a rig whose name no header can hold is known by its key alone", async () => {
  const net = scriptedNet(() => jsonReply(201, { id: "BJØRN-1-100", status: "accepted" }));
  const client = createClient(rigContext({ net, settings: { rig_id: "BJØRN-1" } }));
  expect(await client.uploadEvent(FRAME, "BJØRN-1-100")).toEqual({ kind: "accepted" });
  expect(net.requests[0]?.headers).not.toHaveProperty("X-Rig-ID");
});

test.each<[string, NetReply | Error, UploadVerdict["kind"]]>([
  ["201 for this event", jsonReply(201, { id: ID, status: "accepted" }), "accepted"],
  ["409 for a replay", jsonReply(409, { id: ID, status: "already_exists" }), "already_exists"],
  ["201 for another event", jsonReply(201, { id: "RIG-1-101", status: "accepted" }), "wait"],
  ["201 without a status", jsonReply(201, { id: ID }), "wait"],
  ["200 of a sign-in page", htmlReply(200), "wait"],
  ["201 of a sign-in page", htmlReply(201), "wait"],
  ["409 of a proxy", htmlReply(409), "wait"],
  ["409 for another event", jsonReply(409, { id: "RIG-1-101", status: "already_exists" }), "wait"],
  ["302 of a sign-in page", { ...htmlReply(302), body: new Uint8Array() }, "wait"],
  ["403 of a proxy", htmlReply(403), "wait"],
  ["413 of a proxy", htmlReply(413), "wait"],
  ["400 for a body that was damaged", jsonReply(400, { error: "differs", code: "digest_mismatch" }), "wait"],
  ["404 for a wrong address", jsonReply(404, { error: "nothing here", code: "not_found" }), "wait"],
  ["408", jsonReply(408, { error: "too slow", code: "timeout" }), "wait"],
  ["425", htmlReply(425), "wait"],
  ["429", jsonReply(429, { error: "slow down", code: "rate_limited" }), "wait"],
  ["500", jsonReply(500, { error: "failed", code: "internal" }), "wait"],
  ["503", jsonReply(503, { error: "busy", code: "overloaded" }), "wait"],
  ["no link", new Fault("unavailable", "no route"), "wait"],
  ["no answer in time", new Fault("timeout", "no whole reply"), "wait"],
  ["401", jsonReply(401, { error: "the key is not known", code: "unauthorised" }), "key_problem"],
  ["403 for a revoked rig", jsonReply(403, { error: "revoked", code: "rig_revoked" }), "key_problem"],
  ["403 of a hub without codes", jsonReply(403, { error: "forbidden" }), "key_problem"],
])("defect 20: an upload answered by %s", async (_name, reply, kind) => {
  expect((await upload(reply)).kind).toBe(kind);
});

test.each([
  [409, { id: ID, status: "conflict", error: "another body", code: "conflict" }, "conflict", "another body"],
  [400, { error: "not JSON", code: "invalid_json" }, "invalid_json", "not JSON"],
  [413, { error: "over 1 MB", code: "too_large" }, "too_large", "over 1 MB"],
  [415, { error: "JSON only", code: "unsupported_media_type" }, "unsupported_media_type", "JSON only"],
  [422, { error: "/depth is absent", code: "schema" }, "schema", "/depth is absent"],
  [422, { error: "an old hub's sentence" }, "", "an old hub's sentence"],
  [403, { error: "not this rig's", code: "rig_mismatch" }, "rig_mismatch", "not this rig's"],
])(
  "defect 18: a reply %d that speaks of the event refuses it alone, with the hub's reason",
  async (status, body, code, reason) => {
    expect(await upload(jsonReply(status, body))).toEqual({ kind: "refused", code, reason });
  },
);

test("Retry-After is honoured, within an hour", async () => {
  const busy = (after: string): NetReply => jsonReply(503, { error: "busy" }, { "retry-after": after });
  expect(await upload(busy("7"))).toMatchObject({ kind: "wait", retryAfterMs: 7000 });
  expect(await upload(busy("999999"))).toMatchObject({ kind: "wait", retryAfterMs: 3_600_000 });
  expect(await upload(busy("soon"))).not.toHaveProperty("retryAfterMs");
});

test("a reply whose digest is wrong acknowledges nothing", async () => {
  const reply = jsonReply(201, { id: ID, status: "accepted" }, { "content-digest": contentDigest(FRAME) });
  expect((await upload(reply)).kind).toBe("wait");
});

test.each<[string, NetReply | Error, OutcomeVerdict["kind"]]>([
  ["200 for this event", jsonReply(200, { id: ID, status: "recorded" }), "recorded"],
  ["200 of a sign-in page", htmlReply(200), "wait"],
  ["200 for another event", jsonReply(200, { id: "RIG-1-101" }), "wait"],
  ["404 of the hub", jsonReply(404, { error: "no such event", code: "not_found" }), "no_event"],
  ["404 of a proxy", htmlReply(404), "wait"],
  ["422", jsonReply(422, { error: "no such outcome", code: "schema" }), "refused"],
  ["401", jsonReply(401, { error: "the key is not known", code: "unauthorised" }), "key_problem"],
  ["no link", new Fault("unavailable", "no route"), "wait"],
])("defect 20: an outcome answered by %s", async (_name, reply, kind) => {
  expect((await patch(reply)).kind).toBe(kind);
});

test("an outcome goes with all three keys, to its event's address", async () => {
  const { client, net } = clientWith(jsonReply(200, { id: "RIG 1-100" }));
  await client.sendOutcome("RIG 1-100", { outcome: "Resolved", action_taken: "shut_in" });
  expect(net.requests[0]?.url).toBe("http://hub.test:8080/api/fleet/events/RIG%201-100/outcome");
  expect(net.requests[0]?.method).toBe("PATCH");
  expect(JSON.parse(new TextDecoder().decode(net.requests[0]?.body))).toEqual({
    outcome: "Resolved",
    action_taken: "shut_in",
    notes: null,
  });
});

test("an outcome tells who gave it and when, where that is known", async () => {
  const { client, net } = clientWith(jsonReply(200, { id: ID }));
  await client.sendOutcome(ID, { outcome: "FalsePositive", given_by: "K. Driller", given_at: 1_794_187_700 });
  expect(JSON.parse(new TextDecoder().decode(net.requests[0]?.body))).toEqual({
    outcome: "FalsePositive",
    action_taken: null,
    notes: null,
    given_by: "K. Driller",
    given_at: 1_794_187_700,
  });
});

test("defect 4: a compressed reply is inflated and a plain one taken as it is, over a real socket", async () => {
  const episodes = { version: 7, episodes: Array.from({ length: 500 }, (_, at) => ({ id: `RIG-2-${at}-episode` })) };
  const plain = new TextEncoder().encode(JSON.stringify(episodes));
  const hub = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch(request) {
      const zstd = request.headers.get("accept-encoding") === "zstd" && !request.url.endsWith("?plain");
      // Two frames are one body: a hub joins prebuilt ones.
      const half = Buffer.concat([plain.slice(0, 900), plain.slice(900)].map((part) => runtimeZstd.compress(part)));
      const body = zstd ? half : Buffer.from(plain);
      const headers = { "Content-Type": "application/json", "Content-Digest": contentDigest(body) };
      return new Response(body, { headers: zstd ? { ...headers, "Content-Encoding": "zstd" } : headers });
    },
  });
  const client = createClient(rigContext({ net: systemNet, settings: { hub_url: `http://127.0.0.1:${hub.port}` } }));
  for (const path of ["/api/fleet/library", "/api/fleet/library?plain"]) {
    const reply = await client.get(path, LIMITS);
    expect(reply).toMatchObject({ status: 200, json: episodes });
    expect(reply.headers["content-encoding"]).toBe(path.endsWith("plain") ? undefined : "zstd");
  }
  await hub.stop(true);
});

test("a reply that inflates to more than it may, is cut, or does not fit its digest is a fault", async () => {
  const bomb = runtimeZstd.compress(new Uint8Array(2 * MIB));
  const zstd = (body: Uint8Array, more = {}): NetReply => ({
    status: 200,
    headers: { "content-encoding": "zstd", ...more },
    body,
  });
  const codeOf = async (reply: NetReply): Promise<unknown> =>
    ((await rejection(clientWith(reply).client.get("/x", LIMITS))) as Fault).code;
  expect(await codeOf(zstd(bomb))).toBe("too_large");
  expect(await codeOf(zstd(bomb.slice(0, -3)))).toBe("invalid_encoding");
  expect(await codeOf(zstd(bomb, { "content-digest": contentDigest(FRAME) }))).toBe("digest_mismatch");
  expect(await codeOf({ status: 200, headers: { "content-encoding": "br" }, body: FRAME })).toBe("invalid_encoding");
  expect(await codeOf({ status: 200, headers: {}, body: new Uint8Array(MIB + KIB) })).toBe("too_large");
});

test("a reply without a body, or with one that is no JSON, has no JSON", async () => {
  const { client } = clientWith({ status: 304, headers: { etag: "x" }, body: new Uint8Array() });
  expect(await client.get("/x", LIMITS)).toEqual({ status: 304, headers: { etag: "x" }, json: undefined });
  expect(await clientWith(htmlReply(200)).client.get("/x", LIMITS)).toMatchObject({ status: 200, json: undefined });
});
