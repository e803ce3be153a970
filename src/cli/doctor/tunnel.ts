import { existsSync, readFileSync, statSync } from "node:fs";
import { networkInterfaces } from "node:os";
import { join } from "node:path";
import type { Commands } from "../../base/command.ts";
import { fail, ok, type Finding } from "../../base/findings.ts";
import { TUNNEL_MTU } from "../../base/wireguard.ts";
import type { Handshakes } from "../../domain/tunnel/handshakes.ts";
import type { Address } from "../../http/server.ts";
import type { TunnelPeers } from "../../wire/tunnel-peers.ts";
import { LIST_FIREWALL } from "../tunnel/gateway.ts";
import { isWildcard } from "./service.ts";

/** The gateway's timer looks every minute. */
const SILENT_MAX_S = 180;
const APPLY = "systemctl restart fleet-hub-wg; journalctl -u fleet-hub-wg -n 20";
const OTHERS = 0o077;

/** Whom the database names, against whom this machine's gateway says that it lets in; nothing where it has none. */
export function judgePeers(wanted: TunnelPeers | undefined, told: Handshakes | undefined, nowMs: number): Finding[] {
  if (wanted === undefined || told === undefined) return [];
  const silentS = Math.round((nowMs - Date.parse(told.told_at)) / 1000);
  if (silentS > SILENT_MAX_S) {
    return [fail("peers", `the gateway told nothing for ${Math.round(silentS / 60)} minutes`, APPLY)];
  }
  const { peers, generation } = wanted;
  if (told.generation !== null && told.generation < generation) {
    return [fail("peers", `the gateway is at generation ${told.generation}, the database at ${generation}`, APPLY)];
  }
  if (told.peers !== null && told.peers !== peers.length) {
    return [fail("peers", `the gateway lets in ${told.peers}, the database names ${peers.length}`, APPLY)];
  }
  return [ok("peers", `the gateway lets in the ${peers.length} of the database`)];
}

/** Where this machine keeps what it is a gateway by. */
export interface GatewayPlaces {
  readonly keyFile: string;
  readonly stateDir: string;
  readonly device: string;
  /** The kernel's list of interfaces. */
  readonly interfaces: string;
}

export interface GatewayLook {
  readonly commands: Commands;
  readonly isRoot: boolean;
  /** Of the device, inside the tunnel. */
  readonly addresses: (device: string) => readonly string[];
}

/** This machine's end of the tunnel: its key, its interface, who besides rigs gets to the hub's port. */
export async function judgeGateway(places: GatewayPlaces, address: Address, look: GatewayLook): Promise<Finding[]> {
  const { keyFile, device, interfaces } = places;
  if (!existsSync(keyFile)) return [];
  const key = judgeKeyFile(keyFile);
  if (!existsSync(join(interfaces, device))) {
    return [key, fail("tunnel", `there is no interface ${device}: no rig gets in`, APPLY)];
  }
  return [
    key,
    judgeMtu(readFileSync(join(interfaces, device, "mtu"), "utf8").trim(), device),
    judgeListening(look.addresses(device), address),
    await judgeFirewall(places, address, look),
  ];
}

export function addressesOf(device: string): string[] {
  try {
    return (networkInterfaces()[device] ?? []).map(({ address }) => address);
  } catch {
    // A hardened unit may not ask the kernel.
    return [];
  }
}

function judgeKeyFile(path: string): Finding {
  return (statSync(path).mode & OTHERS) === 0
    ? ok("gateway's key", `${path} is its owner's alone`)
    : fail(
        "gateway's key",
        `others can read ${path}`,
        `chmod 600 ${path}, and take a new key: wireguard-key-changed.md`,
      );
}

function judgeMtu(mtu: string, device: string): Finding {
  if (mtu === `${TUNNEL_MTU}`) return ok("MTU", `${mtu} on ${device}`);
  return fail(
    "MTU",
    `${mtu} on ${device}: long packets get lost on some links`,
    `ip link set ${device} mtu ${TUNNEL_MTU}`,
  );
}

function judgeListening(addresses: readonly string[], { hostname }: Address): Finding {
  if (addresses.length === 0 || isWildcard(hostname) || addresses.includes(hostname)) {
    return ok("tunnel", "the hub listens inside");
  }
  return fail(
    "tunnel",
    `the hub listens at ${hostname} alone: no rig gets to it`,
    `set FLEET_BIND_ADDRESS=${addresses[0]} in /etc/fleet-hub/hub.env and restart it`,
  );
}

/** Listening inside the tunnel keeps nobody out who has a route there: only the table does. */
async function judgeFirewall(
  { stateDir }: GatewayPlaces,
  { port }: Address,
  { commands, isRoot }: GatewayLook,
): Promise<Finding> {
  const applied = join(stateDir, "firewall.listed");
  const gone = `neighbours may reach port ${port}`;
  if (!existsSync(applied)) return fail("firewall", `was never applied: ${gone}`, APPLY);
  if (!isRoot) return ok("firewall", "applied by the gateway; root sees whether it still stands");
  const { code, stdout } = await commands.run(LIST_FIREWALL);
  if (code !== 0) return fail("firewall", `its table is gone: ${gone}`, APPLY);
  return stdout === readFileSync(applied, "utf8")
    ? ok("firewall", `port ${port} is for this machine and the tunnel`)
    : fail("firewall", `its table was changed by hand: ${gone}`, APPLY);
}
