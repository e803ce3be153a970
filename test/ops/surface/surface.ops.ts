/**
 * npm run test:surface: the JSON API against its own OpenAPI document, asked by nobody, a rig, a viewer and the admin.
 * FLEET_SURFACE_EXAMPLES says how many requests for each operation and phase (100), FLEET_SURFACE_SEED which ones,
 * FLEET_SURFACE_WHO by whom.
 */
import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { say } from "../../support/say.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import { startFilledHub, type FilledHub } from "./filled-hub.ts";
import { attack, schemathesis } from "./schemathesis.ts";

const EXAMPLES = Number(process.env["FLEET_SURFACE_EXAMPLES"] ?? 100);
const SEED = Number(process.env["FLEET_SURFACE_SEED"] ?? 20_261_125);
const LONG_MS = 1_200_000;

/** Sound requests of these must be answered as such at least once, or the tool has tried nothing but refusals. */
const REACHED = {
  nobody: ["GET /api/fleet/health", "GET /metrics"],
  rig: ["POST /api/fleet/events", "PATCH /api/fleet/events/{id}/outcome", "GET /api/fleet/library", "GET /dl/{id}"],
  viewer: ["GET /api/fleet/rigs/{id}", "GET /api/fleet/dashboard/outcomes"],
  admin: ["POST /api/fleet/rigs/register", "POST /api/fleet/rigs/{id}/revoke", "GET /api/fleet/dashboard/trends"],
} as const;
type Who = keyof typeof REACHED;
const ASKING = (process.env["FLEET_SURFACE_WHO"] ?? "nobody,rig,viewer,admin").split(",");
const WHO = (Object.keys(REACHED) as Who[]).filter((who) => ASKING.includes(who));

const tool = schemathesis();
if (tool === undefined) say("SKIPPED: schemathesis cannot be installed here (python3 with venv, and PyPI, are needed)");

describe.skipIf(tool === undefined)("the HTTP surface against its own OpenAPI", () => {
  let hub: FilledHub;
  beforeAll(async () => {
    hub = await startFilledHub();
  }, LONG_MS);
  afterAll(() => hub.close());

  const keyOf = (who: Who): string | undefined =>
    ({ nobody: undefined, rig: hub.rigKey, viewer: hub.viewerKey, admin: hub.process.adminKey })[who];

  test.each(WHO)(
    "asked by %s: no 5xx, no undocumented status, no reply that breaks its schema",
    async (who) => {
      const { rigId, events, others, files } = hub;
      const report = await attack(tool ?? "", temporaryDirectory(), {
        url: hub.process.url,
        seed: SEED,
        examples: EXAMPLES,
        key: keyOf(who),
        known: { rig_id: rigId, events, others, files },
      });
      if (report.failures.length + report.errors.length > 0) say(report.said);
      expect([report.failures, report.errors]).toEqual([[], []]);
      const accepted = (operation: string): number =>
        Object.values(report.valid_rates[operation] ?? {}).reduce((sum, phase) => sum + phase.accepted, 0);
      expect(REACHED[who].filter((operation) => accepted(operation) === 0)).toEqual([]);
      const { operations, test_cases: cases } = report;
      say(`${who}: ${cases.generated} requests, ${operations.tested} operations, seed ${SEED}, 0 failures`);
    },
    LONG_MS,
  );

  test("the hub that was asked all this still runs, and is healthy", async () => {
    expect((await fetch(`${hub.process.url}/readyz`)).status).toBe(200);
    expect(hub.process.child.exitCode).toBeNull();
  });
});
