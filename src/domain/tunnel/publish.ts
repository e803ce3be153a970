import type { ISql } from "postgres";
import { gateways, publishedPeers, tunnelState, type TunnelState } from "../../db/tunnel.ts";
import { nextBootstrapEnd } from "../../db/tunnel-bootstraps.ts";
import type { TunnelPeers } from "../../wire/tunnel-peers.ts";
import type { HubContext } from "../context.ts";
import { readHandshakes } from "./handshakes.ts";

/** How long a revoked peer may still be let in, before gateways have applied it. Its API key ends at once. */
export const PUBLISH_EVERY_MS = 1000;

/** By then a gateway has applied a change, or missed it: systemd forgets one that comes while it applies another. */
const RETELL_AFTER_MS = 3000;

export interface TunnelPublisher {
  start(): void;
  stop(): Promise<void>;
}

/** What gateways apply now. Undefined where there is no tunnel. */
export async function tunnelPeers({ sql, clock }: Pick<HubContext, "sql" | "clock">): Promise<TunnelPeers | undefined> {
  return sql.begin("isolation level repeatable read read only", async (tx) => {
    const state = await tunnelState(tx);
    return state === undefined ? undefined : peersOf(tx, state, new Date(clock.now()));
  });
}

/**
 * Keeps a file for this machine's gateway: written when a peer comes, goes or ends, whichever hub changed it. The hub
 * itself cannot touch the tunnel. An outage of the database leaves the file as it is.
 */
export function createTunnelPublisher(context: HubContext, write: (peers: TunnelPeers) => void): TunnelPublisher {
  const { clock, log, sql } = context;
  const stopping = new AbortController();
  let known: { generation: number; nextEndMs: number; toldMs: number } | undefined;
  let running: Promise<void> = Promise.resolve();
  let failing = false;

  function missed(generation: number, nowMs: number): boolean {
    if (known === undefined || nowMs - known.toldMs < RETELL_AFTER_MS) return false;
    const applied = readHandshakes(context)?.generation ?? null;
    return applied !== null && applied < generation;
  }

  async function look(): Promise<void> {
    const state = await tunnelState(sql);
    if (state === undefined) return;
    const nowMs = clock.now();
    const isTold = known?.generation === state.generation && nowMs < known.nextEndMs;
    if (isTold && !missed(state.generation, nowMs)) return;
    const peers = await tunnelPeers(context);
    if (peers === undefined) return;
    write(peers);
    const nextEnd = await nextBootstrapEnd(sql, new Date(nowMs));
    known = { generation: peers.generation, nextEndMs: nextEnd?.getTime() ?? Number.POSITIVE_INFINITY, toldMs: nowMs };
    log.info("tunnel.published", { generation: peers.generation, peers: peers.peers.length });
  }

  async function loop(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await look();
        failing = false;
      } catch (error) {
        if (!failing) log.error("tunnel.publish_failed", { error });
        failing = true;
      }
      await clock.sleep(PUBLISH_EVERY_MS, stopping.signal);
    }
  }

  return {
    start() {
      running = loop();
    },
    async stop() {
      stopping.abort();
      await running;
    },
  };
}

async function peersOf(tx: ISql, { pool, generation }: TunnelState, at: Date): Promise<TunnelPeers> {
  const [doors, peers] = [await gateways(tx), await publishedPeers(tx, at)];
  return { fleet: 1, pool, generation, gateways: doors, peers };
}
