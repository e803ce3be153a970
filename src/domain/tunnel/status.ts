import { gateways, tunnelState, type Gateway } from "../../db/tunnel.ts";
import type { HubContext } from "../context.ts";
import { readHandshakes, youngest } from "./handshakes.ts";
import { peersByState } from "./overview.ts";

export interface TunnelStatus {
  readonly pool: string;
  readonly peers: Readonly<Record<string, number>>;
  readonly gateways: readonly Gateway[];
  /** As the gateway of this machine told last; null where none tells. */
  readonly handshakes: { readonly told_at: string; readonly youngest_s: number | null } | null;
}

/** Null where there is no tunnel. */
export async function tunnelStatus(context: HubContext): Promise<TunnelStatus | null> {
  const state = await tunnelState(context.sql);
  if (state === undefined) return null;
  const [doors, peers] = await Promise.all([gateways(context.sql), peersByState(context)]);
  const told = readHandshakes(context);
  const handshakes = told === undefined ? null : { told_at: told.told_at, youngest_s: youngest(told) };
  return { pool: state.pool, peers, gateways: doors, handshakes };
}
