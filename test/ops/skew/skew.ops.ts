import { afterAll, afterEach, beforeAll, describe, expect, test } from "bun:test";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { seededRandom } from "../../../src/base/random.ts";
import { hubDaemon, type HubDaemon } from "../../faults/support/hub-daemon.ts";
import { createLedger } from "../../faults/support/ledger.ts";
import { rigDaemon, type RigDaemon } from "../../faults/support/rig-daemon.ts";
import { until } from "../../faults/support/until.ts";
import { emptyDatabase, type TestDatabase } from "../../support/postgres.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import { makeGenerations, MIGRATION, NEWS, type Generation } from "./generations.ts";

/** Hub and spoke of two generations, each with each, over the schema of either: everything that a rig does. */
const LONG_MS = 900_000;
const PAIR_MS = 180_000;
const SOON_MS = 60_000;
const BOTH = ["N-1", "N"] as const;
type Name = (typeof BOTH)[number];
const PAIRS = BOTH.flatMap((hub) => BOTH.flatMap((spoke) => BOTH.map((schema) => ({ hub, spoke, schema }))));

let generations: Readonly<Record<Name, Generation>>;
let held = 0;
const open: { close(): Promise<void> }[] = [];

beforeAll(async () => {
  const [former, later] = await makeGenerations();
  generations = { "N-1": former, N: later };
}, LONG_MS);
afterEach(async () => {
  for (const each of open.splice(0).toReversed()) await each.close();
});
afterAll(() => void process.stdout.write(`${held} of ${PAIRS.length} pairs of hub, spoke and schema hold\n`));

async function startHub(name: Name, database: TestDatabase): Promise<HubDaemon> {
  const executable = generations[name].executables["fleet-hub"];
  const hub = await hubDaemon({ executable, dataDir: temporaryDirectory(), databaseUrl: database.url });
  open.push({ close: () => hub.kill().catch(() => {}) });
  await hub.start();
  return hub;
}

/** Another rig's events, sent to the hub before: what a library has to hold. Returns one of them. */
async function seed(hub: HubDaemon): Promise<{ id: string; body: unknown; key: string }> {
  const key = await register(hub, "RIG-BEFORE");
  const ledger = createLedger("RIG-BEFORE", seededRandom(7), Math.floor(Date.now() / 1000));
  const events = Array.from({ length: 8 }, () => ledger.nextEvent());
  for (const event of events) expect((await send(hub, key, "POST", "/events", event)).status).toBe(201);
  const [first] = events;
  if (first === undefined) throw new Error("there are events");
  const patch = { outcome: "Resolved", action_taken: "Circulated until clean", notes: null };
  expect((await send(hub, key, "PATCH", `/events/${first.id}/outcome`, patch)).status).toBe(200);
  return { id: first.id, body: await (await send(hub, key, "GET", `/events/${first.id}`)).json(), key };
}

function send(hub: HubDaemon, key: string, method: string, path: string, json?: unknown): Promise<Response> {
  return fetch(`${hub.url}/api/fleet${path}`, {
    method,
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json" },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
  });
}

async function register(hub: HubDaemon, rigId: string): Promise<string> {
  const reply = await hub.ask("POST", "/api/fleet/rigs/register", { rig_id: rigId, well_id: "W", field: "F" });
  expect(reply.status).toBe(201);
  return ((await reply.json()) as { api_key: string }).api_key;
}

/** By the code of the admin's page and the spoke's own verb; returns the key that it wrote. */
async function enrol(hub: HubDaemon, spoke: Generation, rigId: string): Promise<string> {
  const asked = { rig_id: rigId, well_id: "W", field: "F", time_zone: "America/Chicago" };
  const reply = await hub.ask("POST", "/api/fleet/rigs/enrolments", asked);
  const { code } = (await reply.json()) as { code: string };
  const folder = temporaryDirectory();
  const config = join(folder, "fleet.toml");
  writeFileSync(config, `[fleet]\ndata_dir = ${JSON.stringify(folder)}\n`);
  const words = ["enroll", "--hub", hub.url, code, "--config", config];
  const done = Bun.spawnSync([spoke.executables["fleet-spoke"], ...words], { cwd: "/", env: { HOME: "/tmp" } });
  expect([done.exitCode, done.stderr.toString()]).toEqual([0, ""]);
  return /^api_key = "([^"]+)"$/m.exec(readFileSync(config, "utf8"))?.[1] ?? "";
}

async function startRig(hub: HubDaemon, spoke: Generation, rigId: string): Promise<RigDaemon> {
  const key = await enrol(hub, spoke, rigId);
  const executable = spoke.executables["fleet-spoke"];
  const rig = await rigDaemon({ rigId, key, executable, hubUrl: hub.url, dataDir: temporaryDirectory() });
  open.push({ close: () => rig.kill().catch(() => {}) });
  await rig.start();
  return rig;
}

/** Everything that a rig does with its hub. */
async function aDay(hub: HubDaemon, rig: RigDaemon): Promise<void> {
  const ledger = createLedger(rig.rigId, seededRandom(8), Math.floor(Date.now() / 1000));
  // A field that no release knows yet has to arrive as it was sent.
  const event = { ...ledger.nextEvent(), a_field_of_tomorrow: { kept: [1, 2] } };
  expect((await rig.ask("POST", "/api/v1/events", event)).status).toBe(201);
  await until("the event is uploaded", SOON_MS, async () => (await rig.status()).queue.pending === 0);
  const stored = async () => (await (await hub.ask("GET", `/api/fleet/events/${event.id}`)).json()) as typeof event;
  expect((await stored()).a_field_of_tomorrow).toEqual({ kept: [1, 2] });
  const answer = { ticket_timestamp: event.timestamp, acknowledged_by: "driller", action_taken: "Reduced WOB" };
  expect((await rig.ask("POST", "/api/v1/advisory/acknowledge", answer)).status).toBe(200);
  await until("the outcome is recorded", SOON_MS, async () => {
    const { outcome } = await stored();
    return typeof outcome === "object" && "Resolved" in outcome;
  });
  await until("the library is there", SOON_MS, async () => (await rig.status()).library.episodes > 0);
  expect([...rig.library().values()].every((episode) => (episode as { rig_id: string }).rig_id === "RIG-BEFORE")).toBe(
    true,
  );
  expect((await rig.ask("GET", "/api/v1/recall?query=torque+pack-off+stick-slip")).status).toBe(200);
  const precedents = (await (await rig.ask("POST", "/api/v1/recall", event)).json()) as object;
  expect(JSON.stringify(precedents)).toContain("RIG-BEFORE");
  expect((await rig.status()).hub.problem).toBeNull();
}

/** What has not changed costs a poll without a body; curation may be about to change something. */
async function pollsNothing(hub: HubDaemon, key: string): Promise<void> {
  await until("a poll finds nothing new", SOON_MS, async () => {
    const page = (await (await send(hub, key, "GET", "/library?since=0")).json()) as { version: number; epoch: string };
    const again = await send(hub, key, "GET", `/library?since=${page.version}&epoch=${page.epoch}`);
    return again.status === 304 && (await again.text()) === "";
  });
}

async function applied(database: TestDatabase): Promise<string[]> {
  const rows = await database.sql<{ migration: string }[]>`select migration from schema_compat order by position`;
  return rows.map(({ migration }) => migration);
}

/** A database that the hub of N−1 made and used, in the schema of either. */
async function grown(schema: Name): Promise<{ database: TestDatabase; before: Awaited<ReturnType<typeof seed>> }> {
  const database = await emptyDatabase("server");
  open.push(database);
  const first = await startHub("N-1", database);
  const before = await seed(first);
  await first.stop();
  if (schema === "N") await (await startHub("N", database)).stop();
  expect((await applied(database)).includes(MIGRATION)).toBe(schema === "N");
  return { database, before };
}

describe("two generations", () => {
  test.each(PAIRS)(
    "hub $hub, spoke $spoke, schema $schema: enrol, upload, answer, follow the library, poll, recall",
    async ({ hub: hubName, spoke, schema }) => {
      const { database, before } = await grown(schema);
      const hub = await startHub(hubName, database);
      expect((await applied(database)).includes(MIGRATION)).toBe(schema === "N" || hubName === "N");
      await register(hub, "RIG-BY-HAND");
      const rig = await startRig(hub, generations[spoke], "RIG-7");
      await aDay(hub, rig);
      await pollsNothing(hub, before.key);
      // What a rig sent to the release before is served as it was.
      expect(await (await send(hub, before.key, "GET", `/events/${before.id}`)).json()).toEqual(before.body);
      const figures = await (await fetch(`${hub.url}/metrics`)).text();
      expect(figures).toContain(`fleet_hub_build_info{version="${generations[hubName].version}"`);
      await until("the hub knows which spoke it serves", SOON_MS, async () =>
        (await (await hub.ask("GET", "/api/fleet/rigs")).text()).includes(
          `"spoke_version":"${generations[spoke].version}"`,
        ),
      );
      held++;
    },
    PAIR_MS,
  );

  test(
    "an upgrade and its way back lose nothing: the rig goes on, and the hub before serves what the later one wrote",
    async () => {
      const { database, before } = await grown("N-1");
      const later = await startHub("N", database);
      const key = await register(later, "RIG-8");
      const ledger = createLedger("RIG-8", seededRandom(9), Math.floor(Date.now() / 1000));
      const event = ledger.nextEvent();
      const reply = (await (await send(later, key, "POST", "/events", event)).json()) as Record<string, unknown>;
      expect(reply[NEWS]).toBe("next");
      await until("its episode carries what N tells", SOON_MS, async () =>
        (await (await send(later, before.key, "GET", "/library?since=0")).text()).includes(
          `"${NEWS}":{"told":["next"]}`,
        ),
      );
      await later.stop();
      const former = await startHub("N-1", database);
      expect((await send(former, key, "GET", `/events/${event.id}`)).status).toBe(200);
      const library = await (await send(former, before.key, "GET", "/library?since=0")).text();
      expect(library).toContain(`"${NEWS}":{"told":["next"]}`);
      const rig = await startRig(former, generations["N-1"], "RIG-9");
      await until("the older spoke takes such episodes", SOON_MS, () => rig.library().size > 0);
      expect(JSON.stringify([...rig.library().values()])).toContain(NEWS);
    },
    PAIR_MS,
  );

  test(
    "a schema that says so keeps the release before out, which names what it needs, and not the later one",
    async () => {
      const { database } = await grown("N");
      const { version } = generations.N;
      await database.sql`update schema_compat set oldest_hub = ${version} where migration = ${MIGRATION}`;
      const refused = await startHub("N-1", database).then(() => "it runs", String);
      expect(refused).toContain(`needs hub ${version} or newer`);
      expect((await fetch(`${(await startHub("N", database)).url}/readyz`)).status).toBe(200);
    },
    PAIR_MS,
  );
});
