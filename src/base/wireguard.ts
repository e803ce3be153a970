import { createPrivateKey, createPublicKey, generateKeyPairSync } from "node:crypto";
import { assert } from "./assert.ts";
import { Fault } from "./fault.ts";

/** Base64 as `wg` writes keys. */
export interface WireguardKeys {
  readonly private_key: string;
  readonly public_key: string;
}

/** 32 bytes in base64. */
export const WIREGUARD_KEY = /^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$/;
/** Below what any link of ours carries, with WireGuard's own 80 bytes added. */
export const TUNNEL_MTU = 1280;
export const TUNNEL_PORT = 51_820;
/** As the kernel limits it; also a file's name. */
export const INTERFACE_NAME = /^[a-z][a-z0-9-]{0,14}$/;
export const TUNNEL_INTERFACE = "fleet0";
/** Keys in DER, before the 32 bytes. */
const PKCS8_HEAD = "302e020100300506032b656e04220420";

/** By the runtime's own generator: X25519 as a JWK holds the bytes that `wg genkey` would print. */
export function newWireguardKeys(): WireguardKeys {
  const { d, x } = generateKeyPairSync("x25519").privateKey.export({ format: "jwk" });
  assert(d !== undefined && x !== undefined, "an X25519 key has both halves");
  return { private_key: standardBase64(d), public_key: standardBase64(x) };
}

/** What `wg pubkey` prints. Faults: `config`. */
export function publicKeyOf(privateKey: string): string {
  const bytes = Buffer.from(privateKey, "base64");
  if (bytes.length !== 32) throw new Fault("config", "that is no WireGuard key", "make one with fleet-hub wg init");
  const der = Buffer.concat([Buffer.from(PKCS8_HEAD, "hex"), bytes]);
  const { x } = createPublicKey(createPrivateKey({ key: der, format: "der", type: "pkcs8" })).export({ format: "jwk" });
  assert(x !== undefined, "an X25519 key has a public half");
  return standardBase64(x);
}

function standardBase64(base64url: string): string {
  return Buffer.from(base64url, "base64url").toString("base64");
}

export interface GatewayPeer {
  readonly address: string;
  readonly public_key: string;
  readonly endpoint: string;
}

export interface RigTunnel {
  readonly rig_id: string;
  readonly address: string;
  readonly gateways: readonly GatewayPeer[];
  /** 0: silent until the rig speaks. */
  readonly keepalive_s: number;
}

/** Where the rig's key comes from: in the file itself, or a file that never leaves the rig. */
export type RigKey = { readonly private_key: string } | { readonly key_file: string };

/**
 * A rig's end for wg-quick: to the hubs' own addresses and nowhere else. With a key file it holds no secret, so that
 * it can be written anew on the hub and carried to the rig.
 */
export function rigConf({ rig_id, address, gateways, keepalive_s }: RigTunnel, key: RigKey): string {
  const keyLine =
    "key_file" in key ? `PostUp = wg set %i private-key ${key.key_file}` : `PrivateKey = ${key.private_key}`;
  const peers = gateways.flatMap((gateway) => [
    "",
    "[Peer]",
    `PublicKey = ${gateway.public_key}`,
    `Endpoint = ${gateway.endpoint}`,
    `AllowedIPs = ${gateway.address}/32`,
    ...(keepalive_s === 0 ? [] : [`PersistentKeepalive = ${keepalive_s}`]),
  ]);
  return [`# ${rig_id}`, "[Interface]", `Address = ${address}/32`, `MTU = ${TUNNEL_MTU}`, keyLine, ...peers, ""].join(
    "\n",
  );
}

export interface RigPeer {
  readonly address: string;
  readonly public_key: string;
}

/** A gateway's end for `wg syncconf`: each peer may speak from its own address alone. */
export function gatewayConf(privateKey: string, port: number, peers: readonly RigPeer[]): string {
  const lines = peers.flatMap(({ public_key, address }) => [
    "",
    "[Peer]",
    `PublicKey = ${public_key}`,
    `AllowedIPs = ${address}/32`,
  ]);
  return ["[Interface]", `PrivateKey = ${privateKey}`, `ListenPort = ${port}`, ...lines, ""].join("\n");
}
