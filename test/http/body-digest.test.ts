import { expect, test } from "bun:test";
import { contentDigest } from "../../src/base/digest.ts";
import { anEvent } from "../support/builders.ts";
import { testHub } from "../support/hub.ts";

const hub = testHub("server");

test("a small body that was damaged on its way is refused as such, so that its rig sends it again", async () => {
  const event = anEvent({ rig_id: "RIG-D" });
  const key = await hub.register("RIG-D");
  await hub.upload(key, event);
  const sent = JSON.stringify({ outcome: "FalsePositive", action_taken: null, notes: "word 1" });
  const digest = contentDigest(new TextEncoder().encode(sent));
  const headers = { "Content-Type": "application/json", "Content-Digest": digest };
  const path = `/api/fleet/events/${event.id}/outcome`;
  const damaged = await hub.send("PATCH", path, { key, headers, body: sent.replace("word 1", "word 0") });
  expect([damaged.status, await damaged.json()]).toEqual([400, expect.objectContaining({ code: "digest_mismatch" })]);
  const offer = await hub.send("POST", "/api/fleet/events/offer", { key, headers, body: '{"events":[]}' });
  expect([offer.status, await offer.json()]).toEqual([400, expect.objectContaining({ code: "digest_mismatch" })]);
  expect((await hub.send("PATCH", path, { key, headers, body: sent })).status).toBe(200);
});

test("a refusal carries its digest, so that a rig does not set an event aside for a code that was damaged", async () => {
  const key = await hub.register("RIG-E");
  const headers = { "Content-Type": "application/json", "Content-Digest": contentDigest(new Uint8Array()) };
  const refused = await hub.send("POST", "/api/fleet/events", { key, headers, body: '{"id":"RIG-E-1"}' });
  const body = new Uint8Array(await refused.arrayBuffer());
  expect([refused.status, refused.headers.get("Content-Digest")]).toEqual([400, contentDigest(body)]);
  const stranger = await hub.send("GET", "/api/fleet/library");
  const words = new Uint8Array(await stranger.arrayBuffer());
  expect([stranger.status, stranger.headers.get("Content-Digest")]).toEqual([401, contentDigest(words)]);
});
