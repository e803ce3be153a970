import { join } from "node:path";
import { runOrFault, type Commands } from "../../base/command.ts";
import { Fault } from "../../base/fault.ts";
import { networkText } from "../../base/ipv4.ts";
import { readPool } from "../../base/tunnel-pool.ts";
import { gatewayConf, publicKeyOf, TUNNEL_MTU, type RigPeer } from "../../base/wireguard.ts";
import type { TunnelPeers } from "../../wire/tunnel-peers.ts";
import { FIREWALL_TABLE, firewallText } from "./firewall.ts";

export interface GatewayForm {
  readonly interface: string;
  readonly port: number;
  readonly hubPort: number;
  readonly stateDir: string;
  readonly privateKey: string;
}

/** A file to be written, or a command to be run. */
export type Step =
  | {
      readonly kind: "file";
      readonly path: string;
      readonly text: string;
      readonly mode: number;
      readonly secret: boolean;
    }
  | { readonly kind: "command"; readonly words: readonly string[] };

/** What is missing between the machine as it is and as it should be; empty when nothing is. Changes nothing. */
export async function gatewaySteps(
  peers: TunnelPeers,
  form: GatewayForm,
  { commands, readText }: { readonly commands: Commands; readonly readText: (path: string) => string | undefined },
): Promise<Step[]> {
  const address = ownAddress(peers, form);
  return [
    ...(await firewallSteps(peers, form, address, { commands, readText })),
    ...(await deviceSteps(peers, form, address, commands)),
    ...(await peerSteps(peers, form, commands)),
  ];
}

export interface PeerSigns {
  /** How many the device lets in. */
  readonly peers: number;
  /** Of handshakes, by public key; peers that never came are left out. */
  readonly ages_s: Readonly<Record<string, number>>;
}

export async function peerSigns(commands: Commands, device: string, nowMs: number): Promise<PeerSigns> {
  const listed = (await runOrFault(commands, ["wg", "show", device, "latest-handshakes"])).trim();
  const peers = listed === "" ? [] : listed.split("\n").map((line) => line.split("\t"));
  const seen = peers.filter(([, at = "0"]) => Number(at) > 0);
  const nowS = nowMs / 1000;
  return {
    peers: peers.length,
    ages_s: Object.fromEntries(seen.map(([key = "", at]) => [key, Math.max(0, Math.round(nowS - Number(at)))])),
  };
}

/** The machine knows which gateway it is by its key. Faults: `config`. */
function ownAddress({ gateways }: TunnelPeers, { privateKey }: GatewayForm): string {
  const key = publicKeyOf(privateKey);
  const own = gateways.find(({ public_key }) => public_key === key);
  if (own !== undefined) return own.address;
  throw new Fault("config", "no gateway of the fleet has this machine's key", "run fleet-hub wg init here");
}

type Look = { readonly commands: Commands; readonly readText: (path: string) => string | undefined };

/** Before the tunnel opens. A table that somebody changed by hand is not what was listed after it was applied. */
async function firewallSteps(
  { pool }: TunnelPeers,
  { interface: device, port, hubPort, stateDir }: GatewayForm,
  address: string,
  { commands, readText }: Look,
): Promise<Step[]> {
  const text = firewallText({ interface: device, port, hubPort, pool, address });
  const [file, listed] = [join(stateDir, "firewall.nft"), join(stateDir, "firewall.listed")];
  const { code, stdout } = await commands.run(LIST_FIREWALL);
  if (code === 0 && readText(file) === text && readText(listed) === stdout) return [];
  return [
    { kind: "file", path: file, text, mode: 0o644, secret: false },
    { kind: "command", words: ["nft", "-f", file] },
  ];
}

export const LIST_FIREWALL = ["nft", "list", "table", "inet", FIREWALL_TABLE] as const;

async function deviceSteps(
  { pool }: TunnelPeers,
  { interface: device }: GatewayForm,
  address: string,
  commands: Commands,
): Promise<Step[]> {
  const { code, stdout } = await commands.run(["ip", "-oneline", "address", "show", "dev", device]);
  const own = `${address}/${networkText(readPool(pool).all).split("/")[1]}`;
  const { stdout: link } = await commands.run(["ip", "-oneline", "link", "show", "dev", device]);
  const add = code === 0 ? [] : [["ip", "link", "add", device, "type", "wireguard"]];
  const set = stdout.includes(` ${own} `) ? [] : [["ip", "address", "replace", own, "dev", device]];
  const up = isUp(link) ? [] : [["ip", "link", "set", device, "mtu", `${TUNNEL_MTU}`, "up"]];
  return [...add, ...set, ...up].map((words) => ({ kind: "command" as const, words }));
}

function isUp(link: string): boolean {
  return new RegExp(`<[^>]*\\bUP\\b[^>]*>.* mtu ${TUNNEL_MTU} `).test(link);
}

/** Live: peers that stay lose nothing. */
async function peerSteps({ peers }: TunnelPeers, form: GatewayForm, commands: Commands): Promise<Step[]> {
  const { code, stdout } = await commands.run(["wg", "show", form.interface, "dump"]);
  if (code === 0 && stateOf(stdout) === wanted(peers, form)) return [];
  const path = join(form.stateDir, `${form.interface}.conf`);
  const text = gatewayConf(form.privateKey, form.port, peers);
  return [
    { kind: "file", path, text, mode: 0o600, secret: true },
    { kind: "command", words: ["wg", "syncconf", form.interface, path] },
  ];
}

function wanted(peers: readonly RigPeer[], { privateKey, port }: GatewayForm): string {
  const lines = peers.map(({ public_key, address }) => `${public_key} ${address}/32`);
  return [publicKeyOf(privateKey), `${port}`, ...lines.toSorted()].join("\n");
}

/** The same of what `wg show dump` tells: own private and public key, port, mark; then a peer a line. */
function stateOf(dump: string): string {
  const [own = "", ...lines] = dump.trim().split("\n");
  const [, publicKey = "", port = ""] = own.split("\t");
  const peers = lines.map((line) => line.split("\t")).map(([key = "", , , allowed = ""]) => `${key} ${allowed}`);
  return [publicKey, port, ...peers.toSorted()].join("\n");
}
