import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { startHubProcess, type HubProcess } from "../support/daemon.ts";
import { MINIMAL_EVENT } from "../support/minimal-event.ts";

const START_MS = 60_000;
const CURATED_MS = 20_000;

type JsonObject = Record<string, unknown>;

describe("the plan's walk-through, over a real socket", () => {
  let hub: HubProcess;
  const keys: Record<string, string> = {};

  beforeAll(async () => {
    hub = await startHubProcess();
  }, START_MS);
  afterAll(async () => {
    hub.child.kill("SIGKILL");
    await hub.child.exited;
  });

  async function ask(
    method: string,
    path: string,
    key?: string,
    body?: unknown,
  ): Promise<{ status: number; json: JsonObject }> {
    const reply = await fetch(`${hub.url}/api/fleet${path}`, {
      method,
      headers: { ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }), "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return { status: reply.status, json: (await reply.json()) as JsonObject };
  }
  async function episodes(): Promise<JsonObject[]> {
    const { json } = await ask("GET", "/library", keys["RIG-TEST-2"]);
    return json["episodes"] as JsonObject[];
  }

  /** What curation does follows within seconds: asks until it is there. */
  async function eventually<T>(read: () => Promise<T | undefined>): Promise<T> {
    const deadline = performance.now() + CURATED_MS;
    for (;;) {
      const value = await read();
      if (value !== undefined) return value;
      if (performance.now() > deadline) throw new Error(`not within ${CURATED_MS} ms`);
    }
  }

  test("health is public and tells the truth", async () => {
    expect(await ask("GET", "/health")).toMatchObject({ status: 200, json: { status: "healthy", db_connected: true } });
  });

  test("the admin registers rigs and each key is shown once", async () => {
    for (const rig_id of ["RIG-TEST-1", "RIG-TEST-2"]) {
      const { status, json } = await ask("POST", "/rigs/register", hub.adminKey, {
        rig_id,
        well_id: "WELL-001",
        field: "Test Basin",
      });
      expect([status, json]).toEqual([201, { rig_id, api_key: expect.stringMatching(/^sk-fleet-[\w-]{43}$/) }]);
      keys[rig_id] = json["api_key"] as string;
    }
  });

  test("a minimal event is accepted", async () => {
    const reply = await ask("POST", "/events", keys["RIG-TEST-1"], MINIMAL_EVENT);
    expect(reply).toEqual({ status: 201, json: { id: MINIMAL_EVENT.id, status: "accepted" } });
  });

  test("it is in the library seconds later, though it is years old", async () => {
    const total = await eventually(async () => {
      const { json } = await ask("GET", "/library/stats", keys["RIG-TEST-1"]);
      return json["total"] === 1 ? json["total"] : undefined;
    });
    expect(total).toBe(1);
  });

  test("the second rig gets the first one's episode, the first does not", async () => {
    expect(await episodes()).toEqual([
      expect.objectContaining({ id: `${MINIMAL_EVENT.id}-episode`, rig_id: "RIG-TEST-1" }),
    ]);
    expect((await ask("GET", "/library", keys["RIG-TEST-1"])).json["episodes"]).toEqual([]);
  });

  test("an outcome makes the episode better for the second rig", async () => {
    const [before] = await episodes();
    const patch = { outcome: "Resolved", action_taken: "Reduced WOB by 5 klbs", notes: "Pack-off cleared" };
    expect((await ask("PATCH", `/events/${MINIMAL_EVENT.id}/outcome`, keys["RIG-TEST-1"], patch)).status).toBe(200);
    const after = await eventually(async () => (await episodes()).find(({ outcome }) => outcome !== "Pending"));
    expect(after["outcome"]).toEqual({ Resolved: { action_taken: "Reduced WOB by 5 klbs" } });
    expect(Number(after["score"])).toBeGreaterThan(Number(before?.["score"]));
  });

  test("defect 1: every route of the contract answers over a real socket", async () => {
    const admin = hub.adminKey;
    const rig = keys["RIG-TEST-1"];
    const answers = await Promise.all([
      ask("GET", `/events/${MINIMAL_EVENT.id}`, rig),
      ask("GET", "/rigs", admin),
      ask("GET", "/rigs/RIG-TEST-1", admin),
      ask("GET", "/dashboard/summary", admin),
      ask("GET", "/dashboard/trends?days=30", admin),
      ask("GET", "/dashboard/outcomes", admin),
      ask("POST", "/rigs/RIG-TEST-2/revoke", admin),
    ]);
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200, 200, 200]);
    expect((await ask("GET", "/library", keys["RIG-TEST-2"])).status).toBe(403);
  });

  test(
    "defect 29: SIGTERM drains and exits with 0, and no secret stands in the log",
    async () => {
      const { code, out, err } = await hub.stop();
      expect(code).toBe(0);
      const lines = err.trim().split("\n");
      for (const line of lines)
        expect(JSON.parse(line)).toMatchObject({ time: expect.any(String), event: expect.any(String) });
      for (const secret of [hub.adminKey, ...Object.values(keys)]) expect(out + err).not.toContain(secret);
    },
    START_MS,
  );
});
