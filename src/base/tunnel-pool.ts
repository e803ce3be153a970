import { Fault } from "./fault.ts";
import { sha256 } from "./digest.ts";
import { ipv4Text, isWithin, readIpv4, readNetwork, type Network } from "./ipv4.ts";

/** Addresses at the pool's start, for gateways. */
export const HUB_ADDRESSES = 256;
/** One in so many, at the pool's end, for machines that enrol. */
const BOOTSTRAP_SHARE = 16;
/** Below, the fixed parts leave too little for rigs; above, it is no private network any more. */
const SIZE_MIN = 2 ** 12;
const SIZE_MAX = 2 ** 24;
/** Steps after a taken address; far above what a pool that is half full needs. */
export const PROBES_MAX = 4096;

/** The tunnel's addresses, cut in three: whoever sees one knows what may come from it. */
export interface TunnelPool {
  readonly all: Network;
  readonly hubs: Network;
  readonly rigs: Network;
  readonly bootstraps: Network;
}

/** Faults: `config`. */
export function readPool(text: string): TunnelPool {
  const all = readNetwork(text);
  if (all.size < SIZE_MIN || all.size > SIZE_MAX) {
    throw new Fault("config", `a pool of ${all.size} addresses does not do`, "give a network from /8 to /20");
  }
  const bootstrapSize = all.size / BOOTSTRAP_SHARE;
  const end = all.first + all.size;
  const rigs = { first: all.first + HUB_ADDRESSES, size: all.size - HUB_ADDRESSES - bootstrapSize };
  return {
    all,
    hubs: { first: all.first, size: HUB_ADDRESSES },
    rigs,
    bootstraps: { first: end - bootstrapSize, size: bootstrapSize },
  };
}

/** The name's own place in the network, then the next ones, without the network's last address. */
export function* candidates(network: Network, name: string): Generator<string> {
  const usable = network.size - 1;
  const digest = Buffer.from(sha256(name));
  const start = Number(digest.readBigUInt64BE(0) % BigInt(usable));
  const probes = Math.min(usable, PROBES_MAX);
  for (let probe = 0; probe < probes; probe++) yield ipv4Text(network.first + ((start + probe) % usable));
}

/** Gateways are numbered from 1, as people expect of a hub. */
export function* hubCandidates({ hubs }: TunnelPool): Generator<string> {
  for (let at = 1; at < hubs.size; at++) yield ipv4Text(hubs.first + at);
}

export function isAmong(network: Network, address: string): boolean {
  const number = readIpv4(address);
  return number !== undefined && isWithin(network, number);
}
