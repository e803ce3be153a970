import { join } from "node:path";
import { seededRandom } from "../../../src/base/random.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import type { Fleet, FleetRig } from "../support/fleet.ts";
import { hubDaemon, type HubDaemon } from "../support/hub-daemon.ts";
import { createLedger } from "../support/ledger.ts";
import { startCluster, type Cluster } from "../support/postgres-cluster.ts";
import { rigDaemon } from "../support/rig-daemon.ts";
import { openRadio, type Radio } from "./radio.ts";

export interface FarRig extends FleetRig {
  readonly radio: Radio;
}

/** A fleet whose rigs reach the hub over links of real packets. */
export interface RadioFleet extends Fleet {
  readonly rigs: readonly FarRig[];
}

export interface RadioFleetOptions {
  readonly rigIds: readonly string[];
  readonly seed: number;
  readonly hubEnvironment?: Readonly<Record<string, string>>;
  readonly rigEnvironment?: Readonly<Record<string, string>>;
  /** Fills the database, once the hub has made its tables. */
  readonly fill?: (databaseUrl: string) => Promise<void>;
}

const PORTS_FROM = 21_000;
const PORTS = 20_000;

/** Hub and rigs run when it resolves, and every link is good. */
export async function startRadioFleet(options: RadioFleetOptions): Promise<RadioFleet> {
  const cluster = await startCluster();
  const dataDir = temporaryDirectory();
  const port = PORTS_FROM + (process.pid % PORTS);
  const hub = await hubDaemon({
    dataDir,
    databaseUrl: cluster.url,
    environment: { FLEET_BIND_ADDRESS: "0.0.0.0", FLEET_PORT: String(port), ...options.hubEnvironment },
  });
  const rigs: FarRig[] = [];
  const fleet = fleetOf({ cluster, hub, rigs, dataDir, seed: options.seed });
  try {
    await hub.start();
    await options.fill?.(cluster.url);
    for (const rigId of options.rigIds) rigs.push(await farRig(hub, { rigId, port, nth: rigs.length }, options));
    for (const { daemon } of rigs) await daemon.start();
    return fleet;
  } catch (error) {
    await fleet.close();
    throw error;
  }
}

interface Parts {
  readonly cluster: Cluster;
  readonly hub: HubDaemon;
  readonly rigs: readonly FarRig[];
  readonly dataDir: string;
  readonly seed: number;
}

function fleetOf({ cluster, hub, rigs, dataDir, seed }: Parts): RadioFleet {
  return {
    engine: "server",
    cluster,
    hubs: [hub],
    hub,
    dataDir,
    rigs,
    random: seededRandom(seed),
    async close() {
      for (const { daemon, radio } of rigs) {
        if (daemon.running) await daemon.kill();
        await radio.close();
      }
      await hub.kill().catch(() => {});
      await cluster.stop();
    },
  };
}

interface Place {
  readonly rigId: string;
  readonly port: number;
  readonly nth: number;
}

async function farRig(hub: HubDaemon, { rigId, port, nth }: Place, options: RadioFleetOptions): Promise<FarRig> {
  const reply = await hub.ask("POST", "/api/fleet/rigs/register", { rig_id: rigId, well_id: "W-1", field: "F" });
  if (reply.status !== 201) throw new Error(`${rigId} could not be registered: ${await reply.text()}`);
  const { api_key: key } = (await reply.json()) as { api_key: string };
  const radio = await openRadio(options.seed + nth);
  const url = `http://${radio.hubAddress}:${port}`;
  const daemon = await rigDaemon({
    rigId,
    dataDir: join(temporaryDirectory(), "rig"),
    hubUrl: url,
    key,
    ...(options.rigEnvironment === undefined ? {} : { environment: options.rigEnvironment }),
  });
  const ledger = createLedger(rigId, seededRandom(options.seed + nth), Math.floor(Date.now() / 1000));
  return { daemon, key, ledger, radio, link: { url, to: nothing, watch: nothing, cut: nothing, close: nothing } };
}

/** What passes here is packets: nothing of a proxy applies. */
function nothing(): void {}
