import { join } from "node:path";
import { seededRandom, type Random } from "../../../src/base/random.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import type { Engine } from "../../support/postgres.ts";
import { hubDaemon, type HubDaemon } from "./hub-daemon.ts";
import { createLedger, type Ledger, type Spread } from "./ledger.ts";
import { openLink, type Link } from "./link.ts";
import { startCluster, type Cluster } from "./postgres-cluster.ts";
import { rigDaemon, type RigDaemon } from "./rig-daemon.ts";
import type { Wire } from "./wire.ts";

/** A rig with its spoke, the link that it goes by, and what it was given. */
export interface FleetRig extends Wire {
  readonly daemon: RigDaemon;
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
  readonly wires?: readonly Wire[];
  readonly random: Random;
  /** By how much the hub's counts were off before it had a rig: of a library that was put there uncounted. */
  readonly miscounted?: number;
  close(): Promise<void>;
}

export interface FleetOptions {
  readonly engine: Engine;
  readonly rigs: number;
  /** Rigs without a spoke. */
  readonly wires?: number;
  readonly seed: number;
  readonly hubs?: number;
  /** Of each rig's events. */
  readonly spread?: Spread;
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
  const hubs = await startHubs(options, { cluster, dataDir, links });
  const [hub] = hubs;
  if (hub === undefined) throw new Error("a fleet has a hub");
  const joined = async (nth: number): Promise<Wire> => {
    const link = await openLink();
    links.push(link);
    link.to((hubs[(links.length - 1) % hubs.length] ?? hub).url);
    const key = await enrol(hub, `RIG-${nth}`);
    return { link, key, ledger: createLedger(`RIG-${nth}`, seededRandom(options.seed + nth), nowS(), options.spread) };
  };
  const rigs: FleetRig[] = [];
  for (let nth = 1; nth <= options.rigs; nth++) rigs.push(await withSpoke(await joined(nth), options));
  const wires: Wire[] = [];
  for (let nth = 1; nth <= (options.wires ?? 0); nth++) wires.push(await joined(options.rigs + nth));
  return {
    engine: options.engine,
    cluster,
    hubs,
    hub,
    dataDir,
    rigs,
    wires,
    random: seededRandom(options.seed),
    async close() {
      for (const { daemon } of rigs) if (daemon.running) await daemon.kill();
      for (const link of links) link.close();
      await Promise.all(hubs.map((each) => each.kill().catch(() => {})));
      await cluster?.stop();
    },
  };
}

/** Of all rigs, with and without a spoke. */
export function ledgersOf({ rigs, wires = [] }: Pick<Fleet, "rigs" | "wires">): Ledger[] {
  return [...rigs, ...wires].map(({ ledger }) => ledger);
}

interface Ground {
  readonly cluster: Cluster | undefined;
  readonly dataDir: string;
  /** Each leads to the hub that is as far along as itself, wherever that comes up again. */
  readonly links: readonly Link[];
}

async function startHubs(options: FleetOptions, { cluster, dataDir, links }: Ground): Promise<HubDaemon[]> {
  const count = options.hubs ?? 1;
  const hubs: HubDaemon[] = [];
  for (let nth = 0; nth < count; nth++) {
    const hub = await hubDaemon({
      dataDir: nth === 0 ? dataDir : temporaryDirectory(),
      databaseUrl: cluster?.url,
      ...(options.hubEnvironment === undefined ? {} : { environment: options.hubEnvironment }),
      onReady: (url) => {
        for (const [at, link] of links.entries()) if (at % count === nth) link.to(url);
      },
    });
    await hub.start();
    hubs.push(hub);
  }
  return hubs;
}

async function enrol(hub: HubDaemon, rigId: string): Promise<string> {
  const reply = await hub.ask("POST", "/api/fleet/rigs/register", { rig_id: rigId, well_id: "W-1", field: "F" });
  if (reply.status !== 201) throw new Error(`${rigId} could not be registered: ${await reply.text()}`);
  return ((await reply.json()) as { api_key: string }).api_key;
}

async function withSpoke(wire: Wire, options: FleetOptions): Promise<FleetRig> {
  const daemon = await rigDaemon({
    rigId: wire.ledger.rigId,
    dataDir: join(temporaryDirectory(), "rig"),
    hubUrl: wire.link.url,
    key: wire.key,
    ...(options.rigEnvironment === undefined ? {} : { environment: options.rigEnvironment }),
  });
  await daemon.start();
  return { ...wire, daemon };
}

function nowS(): number {
  return Math.floor(Date.now() / 1000);
}
