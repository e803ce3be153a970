import { INTERFACE_NAME, TUNNEL_INTERFACE, TUNNEL_PORT } from "../../base/wireguard.ts";
import { Fault } from "../../base/fault.ts";
import type { Call, Flag } from "../../base/verbs.ts";

export const KEY_FILE = "/etc/fleet-hub/wireguard.key";
export const PEERS_FILE = "/run/fleet-hub/wg-peers.json";
export const STATE_DIR = "/run/fleet-hub-wg";
export const RIG_KEY_FILE = "/etc/fleet-spoke/wireguard.key";
const KEEPALIVE_MAX_S = 3600;
const PORT_MAX = 65_535;
const HUB_PORT = 8080;

export const jsonFlag: Flag = { name: "json", doc: "print JSON" };
export const dryRunFlag: Flag = { name: "dry-run", doc: "print each file and command, change nothing" };
export const keyFlag: Flag = { name: "key", value: "FILE", doc: `this gateway's private key (${KEY_FILE})` };
export const interfaceFlag: Flag = { name: "interface", value: "NAME", doc: `the tunnel's (${TUNNEL_INTERFACE})` };
export const keepaliveFlag: Flag = {
  name: "keepalive",
  value: "SECONDS",
  doc: "when somebody must reach the rig; 25 costs 23 MB a month (0: silent)",
};
export const hubPortFlag: Flag = {
  name: "hub-port",
  value: "PORT",
  doc: "the hub's own, in the tunnel (as set, or 8080)",
};

export function text(call: Call, flag: string): string | undefined {
  const value = call.flags[flag];
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function needed(call: Call, flag: string): string {
  const value = text(call, flag);
  if (value !== undefined) return value;
  throw new Fault("usage", `--${flag} is missing`, `add --${flag} ${flag.toUpperCase()}`);
}

export function interfaceName(call: Call): string {
  const name = text(call, "interface") ?? TUNNEL_INTERFACE;
  if (INTERFACE_NAME.test(name)) return name;
  throw new Fault("usage", "--interface is no interface's name", "give 1 to 15 small letters, digits and dashes");
}

export function keepaliveS(call: Call): number {
  return integer(call, "keepalive", { fallback: 0, min: 0, max: KEEPALIVE_MAX_S });
}

export function tunnelPort(call: Call): number {
  return integer(call, "port", { fallback: TUNNEL_PORT, min: 1, max: PORT_MAX });
}

export function hubPort(call: Call): number {
  return integer(call, "hub_port", { fallback: HUB_PORT, min: 1, max: PORT_MAX });
}

/** `90m`, `24h`, `7d`. */
export function durationMs(call: Call, flag: string, fallback: string, maxS: number): number {
  const [, number = "", unit = ""] = /^(\d{1,4})([mhd])$/.exec(text(call, flag) ?? fallback) ?? [];
  const unitS = { m: 60, h: 3600, d: 86_400 }[unit] ?? 0;
  const seconds = Number(number) * unitS;
  if (seconds >= 1 && seconds <= maxS) return seconds * 1000;
  throw new Fault("usage", `--${flag} is no time, or more than ${maxS / 86_400} days`, "write 90m, 24h or 7d");
}

function integer(
  call: Call,
  key: string,
  { fallback, min, max }: { readonly fallback: number; readonly min: number; readonly max: number },
): number {
  const given = text(call, key);
  if (given === undefined) return fallback;
  const value = /^\d{1,6}$/.test(given) ? Number(given) : Number.NaN;
  if (value >= min && value <= max) return value;
  throw new Fault("usage", `--${key.replaceAll("_", "-")} must be from ${min} to ${max}`);
}
