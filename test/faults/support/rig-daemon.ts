import { Database } from "bun:sqlite";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { executables } from "./executables.ts";
import { startDaemon, type Daemon } from "./daemon.ts";

/** The spoke's executable over one data directory, as often as it is started. */
export interface RigDaemon {
  readonly rigId: string;
  readonly dataDir: string;
  readonly running: boolean;
  readonly process: Daemon;
  /** Resolves once its own address answers. */
  start(): Promise<void>;
  /** By kill -9. */
  kill(): Promise<void>;
  /** To its own address. Rejects when it is killed meanwhile. */
  ask(method: "GET" | "POST", path: string, json?: unknown): Promise<Response>;
  status(): Promise<RigStatus>;
  /** What its library holds, by id, as it was stored. */
  library(): Map<string, unknown>;
}

/** Of GET /api/v1/status, as far as it is read here. */
export interface RigStatus {
  readonly queue: { readonly pending: number; readonly refused: number; readonly outcomes_pending: number };
  readonly library: { readonly version: number; readonly episodes: number };
  readonly hub: { readonly upload: string; readonly problem: string | null };
}

export interface RigOptions {
  readonly rigId: string;
  readonly dataDir: string;
  readonly hubUrl: string;
  readonly key: string;
  readonly executable?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

const ENVIRONMENT = {
  FLEET_LISTEN: "127.0.0.1:0",
  FLEET_UPLOAD_INTERVAL_SECS: "5",
  FLEET_SYNC_INTERVAL_SECS: "5",
  FLEET_LIBRARY_MAX_EPISODES: "100000",
  FLEET_QUEUE_MAX_EVENTS: "100000",
  FLEET_REQUEST_TIMEOUT_SECS: "20",
};

export async function rigDaemon(options: RigOptions): Promise<RigDaemon> {
  const executable = options.executable ?? (await executables())["fleet-spoke"];
  const environment = {
    ...ENVIRONMENT,
    FLEET_RIG_ID: options.rigId,
    FLEET_DATA_DIR: options.dataDir,
    FLEET_HUB_URL: options.hubUrl,
    FLEET_API_KEY: options.key,
    ...options.environment,
  };
  let running: { process: Daemon; url: string } | undefined;
  const use = (): { process: Daemon; url: string } => {
    if (running === undefined) throw new Error(`${options.rigId} is not running`);
    return running;
  };
  const rig: RigDaemon = {
    rigId: options.rigId,
    dataDir: options.dataDir,
    get running() {
      return running !== undefined;
    },
    get process() {
      return use().process;
    },
    async start() {
      const ready = /"url":"(http[^"]+)".*"event":"spoke\.ready"/;
      const daemon = startDaemon({ command: [executable, "run"], environment, ready });
      running = { process: daemon, url: "" };
      const url = await daemon.ready;
      if (running?.process === daemon) running = { process: daemon, url };
    },
    async kill() {
      const killed = use().process;
      running = undefined;
      await killed.kill();
    },
    ask: (method, path, json) =>
      fetch(use().url + path, {
        method,
        keepalive: false,
        ...(json === undefined ? {} : { body: JSON.stringify(json), headers: { "Content-Type": "application/json" } }),
      }),
    status: async () => (await rig.ask("GET", "/api/v1/status")).json() as Promise<RigStatus>,
    library: () => libraryIn(options.dataDir),
  };
  return rig;
}

function libraryIn(dataDir: string): Map<string, unknown> {
  const path = join(dataDir, "library.sqlite");
  if (!existsSync(path)) return new Map();
  const db = new Database(path, { readonly: true });
  try {
    const rows = db.query<{ id: string; json: string }, []>("select id, json from episodes").all();
    return new Map(rows.map(({ id, json }) => [id, JSON.parse(json) as unknown]));
  } finally {
    db.close();
  }
}
