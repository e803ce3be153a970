import { Fault } from "../../base/fault.ts";
import { rigConf } from "../../base/wireguard.ts";
import { gateways, peerCounts, peerOf, peerRows, tunnelState, type Gateway, type Peer } from "../../db/tunnel.ts";
import type { HubContext } from "../context.ts";
import { isoTimes, type IsoTimes } from "../iso-times.ts";
import { RIGS_LISTED_MAX } from "../rigs.ts";

export interface TunnelOverview {
  readonly pool: string;
  readonly generation: number;
  readonly gateways: readonly Gateway[];
  readonly peers: readonly IsoTimes<Peer>[];
}

/** Faults: `not_found` when there is no tunnel. */
export async function tunnelOverview({ sql }: HubContext): Promise<TunnelOverview> {
  const state = await tunnelState(sql);
  if (state === undefined) throw new Fault("not_found", "this fleet has no tunnel", "run fleet-hub wg init");
  const [doors, peers] = await Promise.all([gateways(sql), peerRows(sql, RIGS_LISTED_MAX)]);
  return { ...state, gateways: doors, peers: peers.map(isoTimes) };
}

/** Peers by state, also those that only may enrol; nothing where there is no tunnel. */
export async function peersByState({ sql, clock }: HubContext): Promise<Record<string, number>> {
  if ((await tunnelState(sql)) === undefined) return {};
  const rows = await peerCounts(sql, new Date(clock.now()));
  return Object.fromEntries(rows.map(({ state, peers }) => [state, peers]));
}

/** The rig's end as wg-quick reads it, without a secret: the key stays in a file on the rig. Faults: `not_found`. */
export async function exportRig(
  { sql }: HubContext,
  rigId: string,
  { keyFile, keepaliveS }: { readonly keyFile: string; readonly keepaliveS: number },
): Promise<string> {
  const [peer, doors] = await Promise.all([peerOf(sql, rigId), gateways(sql)]);
  if (peer === undefined || peer.state === "released") {
    throw new Fault("not_found", `rig ${rigId} has no place in the tunnel`, "enrol it with fleet-hub rig enroll");
  }
  return rigConf(
    { rig_id: rigId, address: peer.address, gateways: doors, keepalive_s: keepaliveS },
    { key_file: keyFile },
  );
}
