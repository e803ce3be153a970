import { join } from "node:path";
import { seededRandom, type Random } from "../../../src/base/random.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import type { Engine } from "../../support/postgres.ts";
import { hubDaemon, type HubDaemon } from "./hub-daemon.ts";
import { createLedger, type Ledger } from "./ledger.ts";
import { openLink, type Link } from "./link.ts";
import { startCluster, type Cluster } from "./postgres-cluster.ts";
import { rigDaemon, type RigDaemon } from "./rig-daemon.ts";

/** A rig with the link that it goes by, and what it was given. */
export interface FleetRig {
  readonly daemon: RigDaemon;
  readonly link: Link;
  readonly ledger: Ledger;
  readonly key: string;
}

export interface Fleet {
  readonly engine: Engine;
  /** Undefined where the database is embedded. */
  readonly cluster: Cluster | undefined;
  /** All over one database; the first is the one that the links lead to. */
  readonly hubs: readonly HubDaemon[];
  readonly hub: HubDaemon;
  readonly dataDir: string;
  readonly rigs: readonly FleetRig[];
  readonly random: Random;
  close(): Promise<void>;
}

export interface FleetOptions {
  readonly engine: Engine;
  readonly rigs: number;
  readonly seed: number;
  readonly hubs?: number;
  readonly hubEnvironment?: Readonly<Record<string, string>>;
  readonly rigEnvironment?: Readonly<Record<string, string>>;
  /** Of PostgreSQL, as `name=value`. */
  readonly databaseSettings?: readonly string[];
}

/** Everything runs when it resolves: database, hubs, rigs, each rig enrolled and behind a link of its own. */
export async function startFleet(options: FleetOptions): Promise<Fleet> {
  const cluster = options.engine === "server" ? await startCluster(options.databaseSettings) : undefined;
  const dataDir = temporaryDirectory();
  const links: Link[] = [];
  const hubs: HubDaemon[] = [];
  for (let nth = 0; nth < (options.hubs ?? 1); nth++) {
    const hub = await hubDaemon({
      dataDir: nth === 0 ? dataDir : temporaryDirectory(),
      databaseUrl: cluster?.url,
      ...(options.hubEnvironment === undefined ? {} : { environment: options.hubEnvironment }),
      onReady: (url) => {
        for (const [at, link] of links.entries()) if (at % (options.hubs ?? 1) === nth) link.to(url);
      },
    });
    await hub.start();
    hubs.push(hub);
  }
  const [hub] = hubs;
  if (hub === undefined) throw new Error("a fleet has a hub");
  const random = seededRandom(options.seed);
  const rigs: FleetRig[] = [];
  for (let nth = 0; nth < options.rigs; nth++) {
    const link = await openLink();
    links.push(link);
    link.to((hubs[nth % hubs.length] ?? hub).url);
    rigs.push(await enrolled(hub, `RIG-${nth + 1}`, link, options));
  }
  for (const { daemon } of rigs) await daemon.start();
  return {
    engine: options.engine,
    cluster,
    hubs,
    hub,
    dataDir,
    rigs,
    random,
    async close() {
      for (const { daemon, link } of rigs) {
        if (daemon.running) await daemon.kill();
        link.close();
      }
      await Promise.all(hubs.map((each) => each.kill().catch(() => {})));
      await cluster?.stop();
    },
  };
}

async function enrolled(hub: HubDaemon, rigId: string, link: Link, options: FleetOptions): Promise<FleetRig> {
  const reply = await hub.ask("POST", "/api/fleet/rigs/register", { rig_id: rigId, well_id: "W-1", field: "F" });
  if (reply.status !== 201) throw new Error(`${rigId} could not be registered: ${await reply.text()}`);
  const { api_key: key } = (await reply.json()) as { api_key: string };
  const daemon = await rigDaemon({
    rigId,
    dataDir: join(temporaryDirectory(), "rig"),
    hubUrl: link.url,
    key,
    ...(options.rigEnvironment === undefined ? {} : { environment: options.rigEnvironment }),
  });
  const seed = options.seed + Number(rigId.slice("RIG-".length));
  return { daemon, link, key, ledger: createLedger(rigId, seededRandom(seed), Math.floor(Date.now() / 1000)) };
}
