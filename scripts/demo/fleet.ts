import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rigSide, type RigSide } from "./api.ts";
import { startDaemon, type Daemon, type Made } from "./process.ts";

export interface DemoRig {
  readonly rigId: string;
  readonly key: string;
  readonly side: RigSide;
  readonly daemon: Daemon;
}

export interface DemoFleet {
  readonly hub: Daemon;
  readonly adminKey: string;
  readonly rigs: readonly DemoRig[];
  stop(): Promise<readonly number[]>;
}

export interface FleetOptions {
  readonly folder: string;
  readonly hubPort: number;
  readonly adminKey: string;
  /** Enrolled already, by rig. */
  readonly keys: ReadonlyMap<string, string>;
  /** Those that run here; the others are told of only. */
  readonly live: readonly string[];
  readonly made: Made;
}

/** A hub on its embedded database and one real spoke process a rig, all in `folder`. `hubPort` 0 takes a free one. */
export async function startFleet(options: FleetOptions): Promise<DemoFleet> {
  const { folder, hubPort, adminKey, live, made } = options;
  const hub = await startDaemon({
    name: "hub",
    program: "hub",
    made,
    args: ["serve", "--data-dir", hubDirectory(folder), "--port", `${hubPort}`, "--bind-address", "127.0.0.1"],
    env: { FLEET_ADMIN_KEY: adminKey, FLEET_DEMO: "true", DATABASE_URL: "", FLEET_DATABASE_URL: "" },
    logFile: join(folder, "hub.log"),
  });
  const rigs: DemoRig[] = [];
  for (const rigId of live) rigs.push(await startRig(options, hub.url, rigId));
  const daemons = [...rigs.map((rig) => rig.daemon), hub];
  return {
    hub,
    adminKey,
    rigs,
    async stop() {
      const codes: number[] = [];
      for (const daemon of daemons) codes.push(await daemon.stop());
      return codes;
    },
  };
}

/** Where the hub of the demo keeps its data. */
export function hubDirectory(folder: string): string {
  return join(folder, "hub");
}

async function startRig({ folder, keys, made }: FleetOptions, hubUrl: string, rigId: string): Promise<DemoRig> {
  const key = keys.get(rigId);
  if (key === undefined) throw new Error(`${rigId} is not enrolled`);
  const home = join(folder, rigId);
  mkdirSync(join(home, "queue"), { recursive: true });
  const config = join(home, "fleet.toml");
  writeFileSync(
    config,
    [
      "[fleet]",
      "enabled = true",
      `hub_url = ${JSON.stringify(hubUrl)}`,
      `rig_id = ${JSON.stringify(rigId)}`,
      `data_dir = ${JSON.stringify(home)}`,
      `queue_dir = ${JSON.stringify(join(home, "queue"))}`,
      'listen = "127.0.0.1:0"',
      "",
    ].join("\n"),
  );
  const daemon = await startDaemon({
    name: `spoke of ${rigId}`,
    program: "spoke",
    made,
    args: ["run", "--config", config],
    env: { FLEET_API_KEY: key },
    logFile: join(home, "spoke.log"),
  });
  return { rigId, key, side: rigSide(daemon.url), daemon };
}
