import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startHubProcess, type HubProcess } from "../../support/daemon.ts";
import { fixtureEvents } from "../../support/fixtures.ts";
import { testDatabase, type TestDatabase } from "../../support/postgres.ts";
import { temporaryDirectory } from "../../support/temporary.ts";

/** Enough that each list, page and library reply has something in it. */
const EVENTS = 60;
const POLL_MS = 200;
const RELEASE = "fleet-spoke-0.2.0-linux-x64.zst";

export interface FilledHub {
  readonly process: HubProcess;
  /** Of the rig whose events are `events`; it answered the first of them. */
  readonly rigKey: string;
  readonly rigId: string;
  readonly events: readonly string[];
  /** Rigs that nobody uses a key of. */
  readonly others: readonly string[];
  readonly files: readonly string[];
  readonly viewerKey: string;
  close(): Promise<void>;
}

/** A hub as a process of its own over a PostgreSQL server, with events, episodes, an answer and a release in it. */
export async function startFilledHub(): Promise<FilledHub> {
  const database = await testDatabase("server");
  const viewerKey = "the-viewer-key-of-this-process";
  const hub = await startHubProcess(["--downloads-dir", releases(), "--curation-quiet-ms", "100"], {
    environment: {
      FLEET_ADMIN_KEY: "the-admin-key-of-this-process",
      FLEET_VIEWER_KEY: viewerKey,
      FLEET_DATABASE_URL: database.url ?? "",
    },
  });
  const rigs = await fill(hub);
  const [rigId = "", ...others] = rigs.keys();
  const { key: rigKey = "", events = [] } = rigs.get(rigId) ?? {};
  const known = { rigKey, rigId, events, others, files: [RELEASE, "SHA256SUMS"], viewerKey };
  return { process: hub, ...known, close: () => close(hub, database) };
}

async function close(hub: HubProcess, database: TestDatabase): Promise<void> {
  await hub.stop();
  await database.close();
}

type Rigs = Map<string, { key: string; events: string[] }>;

async function fill(hub: HubProcess): Promise<Rigs> {
  const rigs: Rigs = new Map();
  for (const event of fixtureEvents().slice(0, EVENTS)) {
    const rig = rigs.get(event.rig_id) ?? { key: await register(hub, event.rig_id), events: [] };
    rigs.set(event.rig_id, rig);
    rig.events.push(event.id);
    await call(hub, "POST", "/api/fleet/events", rig.key, event);
  }
  for (const { key, events } of rigs.values()) {
    const answer = { outcome: "Resolved", action_taken: "Reduced WOB by 5 klbs", notes: "Pack-off cleared" };
    await call(hub, "PATCH", `/api/fleet/events/${events[0]}/outcome`, key, answer);
  }
  while ((await healthOf(hub)).library_version === 0) await Bun.sleep(POLL_MS);
  return rigs;
}

async function register(hub: HubProcess, rig_id: string): Promise<string> {
  const rig = { rig_id, well_id: "WOLFCAMP 23H", field: "Permian Basin" };
  const reply = await call(hub, "POST", "/api/fleet/rigs/register", hub.adminKey, rig);
  return ((await reply.json()) as { api_key: string }).api_key;
}

async function call(hub: HubProcess, method: string, path: string, key: string, body: unknown): Promise<Response> {
  const headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
  const reply = await fetch(`${hub.url}${path}`, { method, headers, body: JSON.stringify(body) });
  if (!reply.ok) throw new Error(`${method} ${path}: ${reply.status} ${await reply.text()}`);
  return reply;
}

async function healthOf(hub: HubProcess): Promise<{ library_version: number }> {
  return (await (await fetch(`${hub.url}/api/fleet/health`)).json()) as { library_version: number };
}

/** A folder of releases with one small file, as rigs fetch it. */
function releases(): string {
  const folder = temporaryDirectory();
  const bytes = "not a release, but bytes of one";
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, RELEASE), bytes);
  writeFileSync(join(folder, "rollout.json"), JSON.stringify({ version: "0.2.0", percent: 100 }));
  writeFileSync(
    join(folder, "SHA256SUMS"),
    `${new Bun.CryptoHasher("sha256").update(bytes).digest("hex")}  ${RELEASE}\n`,
  );
  return folder;
}
