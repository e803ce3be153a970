import { afterAll, beforeAll, expect, test } from "bun:test";
import { EVENT_JSON_MAX } from "../../src/base/limits.ts";
import { createSpoke, type Spoke } from "../../spoke/spoke.ts";
import { anEvent } from "../support/builders.ts";
import { fixtureBytes, fixtureEvents, lowRiskEvents } from "../support/fixtures.ts";
import { rigContext, type RigContext } from "../support/rig.ts";

const BASE = "http://127.0.0.1:8790";
/** When the rig software answered the requests of the fixtures. */
const ACKNOWLEDGED_AT = 1_795_479_597;

let context: RigContext;
let spoke: Spoke;

beforeAll(async () => {
  context = rigContext({ settings: { rig_id: "RIG-ALPHA-7" } });
  context.clock.set(new Date(ACKNOWLEDGED_AT * 1000).toISOString());
  spoke = await createSpoke(context);
});

afterAll(() => spoke.stop());

function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const bytes = typeof body === "string" ? body : JSON.stringify(body);
  return spoke.handle(
    new Request(BASE + path, {
      method: "POST",
      body: bytes,
      headers: { "content-type": "application/json", ...headers },
    }),
  );
}

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return spoke.handle(new Request(BASE + path, { headers }));
}

async function errorOf(reply: Response): Promise<{ status: number; error: string; code: string }> {
  const { error, code } = (await reply.json()) as { error: string; code: string };
  return { status: reply.status, error, code };
}

interface Acknowledgment {
  readonly request: unknown;
  readonly status: number;
  readonly response: { readonly record: unknown } | string;
}

const acknowledgments = JSON.parse(new TextDecoder().decode(fixtureBytes("acknowledge.json"))) as Acknowledgment[];

test.each(acknowledgments.map((each, at) => [at, each] as const))(
  "an acknowledgment is answered as the rig software answers it (%i)",
  async (_at, { request, status, response }) => {
    const reply = await post("/api/v1/advisory/acknowledge", request);
    expect(reply.status).toBe(status);
    const body: unknown = await reply.json();
    if (typeof response === "string") expect(body).toEqual({ error: expect.any(String), code: "schema" });
    else expect(body).toEqual({ success: true, message: expect.any(String), record: response.record });
  },
);

test("an acknowledgment of another content type is refused", async () => {
  const reply = await post("/api/v1/advisory/acknowledge", "ticket_timestamp=1", { "content-type": "text/plain" });
  expect(await errorOf(reply)).toMatchObject({ status: 415, code: "unsupported_media_type" });
});

test("an event is queued once, and told so when it comes again", async () => {
  const event = fixtureEvents().find(({ rig_id }) => rig_id === "RIG-ALPHA-7");
  const first = await post("/api/v1/events", event);
  expect([first.status, await first.json()]).toEqual([201, { id: event?.id, status: "queued" }]);
  const second = await post("/api/v1/events", event);
  expect([second.status, await second.json()]).toEqual([200, { id: event?.id, status: "already_queued" }]);
});

test.each([
  ["a Low one", lowRiskEvents()[0], 422, "risk_too_low"],
  ["another rig's", anEvent(), 422, "rig_mismatch"],
  ["no event", { id: "x" }, 422, "schema"],
  ["no JSON", "{", 400, "invalid_json"],
  ["too deep JSON", "[".repeat(40), 400, "invalid_json"],
] as const)("%s is refused with its reason", async (_name, body, status, code) => {
  expect(await errorOf(await post("/api/v1/events", body))).toMatchObject({ status, code });
});

test("a body that is too large is refused before it is read, and while it streams in", async () => {
  const declared = await post("/api/v1/events", "{}", { "content-length": String(EVENT_JSON_MAX + 1) });
  expect(await errorOf(declared)).toMatchObject({ status: 413, code: "too_large" });
  let sent = 0;
  const endless = new ReadableStream<Uint8Array>({
    pull(controller) {
      sent += 65_536;
      controller.enqueue(new Uint8Array(65_536));
    },
  });
  const streamed = await spoke.handle(
    new Request(`${BASE}/api/v1/events`, {
      method: "POST",
      body: endless,
      headers: { "content-type": "application/json" },
    }),
  );
  expect(streamed.status).toBe(413);
  expect(sent).toBeLessThan(EVENT_JSON_MAX + 1_000_000);
});

test("names and pages of other machines get nothing", async () => {
  expect(await errorOf(await get("/api/v1/status", { host: "evil.example" }))).toMatchObject({ status: 403 });
  expect(await errorOf(await get("/api/v1/status", { origin: "https://evil.example" }))).toMatchObject({ status: 403 });
  const good = await get("/api/v1/status", { host: "localhost:8790", origin: "http://127.0.0.1:3000" });
  expect(good.status).toBe(200);
  expect([...good.headers.keys()].filter((name) => name.startsWith("access-control"))).toEqual([]);
});

test("what is not there is answered with the nearest that is", async () => {
  expect(await errorOf(await get("/api/v1/recal"))).toMatchObject({
    status: 404,
    code: "not_found",
    error: expect.stringContaining("did you mean /api/v1/recall?"),
  });
  expect(await errorOf(await get("/api/v1/events"))).toMatchObject({
    status: 405,
    error: "/api/v1/events does not take GET: use POST",
  });
});

test("recall answers by GET and by POST, and says when there is nothing", async () => {
  const nothing = { precedents: [], verdict: "none", library_version: 0, took_us: expect.any(Number) };
  const byText = await get("/api/v1/recall?query=torque+pack-off&max_results=3");
  expect([byText.status, await byText.json()]).toMatchObject([200, nothing]);
  const byEvent = await post("/api/v1/recall", fixtureEvents()[0]);
  expect([byEvent.status, await byEvent.json()]).toMatchObject([200, nothing]);
  const byFields = await post("/api/v1/recall", { category: "Mechanical", key_metrics: { mse_efficiency: 40 } });
  expect([byFields.status, await byFields.json()]).toMatchObject([200, nothing]);
});

test.each(["?query=", "", "?query=kick&max_results=0", "?query=kick&max_results=41", `?query=${"k".repeat(2001)}`])(
  "a question %p is refused",
  async (query) => {
    expect((await get(`/api/v1/recall${query}`)).status).toBe(422);
  },
);

test("status has the fields of the contract, and no key", async () => {
  const text = await (await get("/api/v1/status")).text();
  expect(JSON.parse(text)).toMatchObject({
    rig_id: "RIG-ALPHA-7",
    queue: { pending: 1, refused: 0, outcomes_pending: expect.any(Number), bytes: expect.any(Number) },
    library: { version: 0, episodes: 0, last_sync: null },
    hub: { url: "http://hub.test:8080", reachable: null, last_contact: null },
  });
  expect(text).not.toContain("sk-fleet");
});

test("a pull that a person asks for says why it did not come about", async () => {
  const reply = await spoke.handle(new Request(`${BASE}/api/v1/sync`, { method: "POST" }));
  expect(await errorOf(reply)).toMatchObject({ status: 503, code: "unavailable" });
});

test("metrics have every name that operations watch, each with its help", async () => {
  const reply = await get("/metrics");
  expect(reply.headers.get("content-type")).toContain("text/plain");
  const text = await reply.text();
  const names = [
    "queue_events",
    "queue_oldest_age_seconds",
    "queue_dropped_total",
    "set_aside_events",
    "link_up",
    "upload_bytes_total",
    "library_version",
    "sync_last_success_timestamp_seconds",
    "recall_duration_seconds",
    "build_info",
    "upgrade_state",
    "budget_remaining_bytes",
  ];
  for (const name of names) expect(text).toContain(`# HELP fleet_spoke_${name} `);
  expect(text).toContain('fleet_spoke_queue_events{severity="Elevated"} 1');
  expect(text).toMatch(/^fleet_spoke_budget_remaining_bytes [1-9]\d+$/m);
  expect(text).toMatch(/^process_start_time_seconds 1/m);
  expect(text).toContain("fleet_spoke_recall_duration_seconds_count 3");
});
