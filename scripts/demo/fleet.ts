import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { call, rigSide, type RigSide } from "./api.ts";
import { startDaemon, type Daemon, type Made } from "./process.ts";

export interface DemoRig {
  readonly rigId: string;
  readonly side: RigSide;
  readonly daemon: Daemon;
}

export interface DemoFleet {
  readonly hub: Daemon;
  readonly adminKey: string;
  readonly rigs: readonly DemoRig[];
  stop(): Promise<readonly number[]>;
}

export interface RigPlace {
  readonly rig_id: string;
  readonly well_id: string;
  readonly field: string;
}

export interface FleetOptions {
  readonly folder: string;
  readonly hubPort: number;
  readonly adminKey: string;
  readonly places: readonly RigPlace[];
  readonly made: Made;
}

/** A hub on its embedded database and one real spoke process a rig, all in `folder`. `hubPort` 0 takes a free one. */
export async function startFleet(options: FleetOptions): Promise<DemoFleet> {
  const { folder, hubPort, adminKey, places, made } = options;
  const hub = await startDaemon({
    name: "hub",
    program: "hub",
    made,
    args: ["serve", "--data-dir", join(folder, "hub"), "--port", `${hubPort}`, "--bind-address", "127.0.0.1"],
    env: { FLEET_ADMIN_KEY: adminKey, DATABASE_URL: "", FLEET_DATABASE_URL: "" },
    logFile: join(folder, "hub.log"),
  });
  const rigs: DemoRig[] = [];
  for (const place of places) rigs.push(await startRig(options, hub.url, place));
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

async function startRig({ folder, adminKey, made }: FleetOptions, hubUrl: string, place: RigPlace): Promise<DemoRig> {
  const { api_key } = await call<{ api_key: string }>("POST", `${hubUrl}/api/fleet/rigs/register`, {
    key: adminKey,
    body: place,
  });
  const home = join(folder, place.rig_id);
  mkdirSync(join(home, "queue"), { recursive: true });
  const config = join(home, "fleet.toml");
  writeFileSync(
    config,
    [
      "[fleet]",
      "enabled = true",
      `hub_url = ${JSON.stringify(hubUrl)}`,
      `rig_id = ${JSON.stringify(place.rig_id)}`,
      `data_dir = ${JSON.stringify(home)}`,
      `queue_dir = ${JSON.stringify(join(home, "queue"))}`,
      'listen = "127.0.0.1:0"',
      "",
    ].join("\n"),
  );
  const daemon = await startDaemon({
    name: `spoke of ${place.rig_id}`,
    program: "spoke",
    made,
    args: ["run", "--config", config],
    env: { FLEET_API_KEY: api_key },
    logFile: join(home, "spoke.log"),
  });
  return { rigId: place.rig_id, side: rigSide(daemon.url), daemon };
}
