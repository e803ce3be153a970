import { Fault } from "./fault.ts";
import { show } from "./schema.ts";

/** A network by its first address as a number. */
export interface Network {
  readonly first: number;
  readonly size: number;
}

const OCTETS = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})$/;

/** The address as a number; undefined for anything else. Also as a socket on both families tells it. */
export function readIpv4(text: string): number | undefined {
  const octets = OCTETS.exec(text.replace(/^::ffff:/i, ""))
    ?.slice(1)
    .map(Number);
  if (octets === undefined || octets.some((octet) => octet > 255)) return undefined;
  return octets.reduce((sum, octet) => sum * 256 + octet, 0);
}

export function ipv4Text(address: number): string {
  return [24, 16, 8, 0].map((shift) => Math.floor(address / 2 ** shift) % 256).join(".");
}

/** `10.88.0.0/16`. Faults: `config`, also when the address is not the network's first. */
export function readNetwork(text: string): Network {
  const [address = "", bits = ""] = text.split("/");
  const [first, prefix] = [readIpv4(address), /^\d{1,2}$/.test(bits) ? Number(bits) : 33];
  const size = 2 ** (32 - prefix);
  if (first !== undefined && prefix <= 32 && first % size === 0) return { first, size };
  throw new Fault("config", `${show(text)} is no IPv4 network`, "write its first address and its length: 10.88.0.0/16");
}

export function networkText({ first, size }: Network): string {
  return `${ipv4Text(first)}/${32 - Math.log2(size)}`;
}

export function isWithin({ first, size }: Network, address: number): boolean {
  return address >= first && address < first + size;
}

export function overlap(left: Network, right: Network): boolean {
  return left.first < right.first + right.size && right.first < left.first + left.size;
}

export interface Route {
  readonly device: string;
  readonly network: Network;
}

/** What `/proc/net/route` tells; the default route leads everywhere and is left out. */
export function readRoutes(procNetRoute: string): Route[] {
  return procNetRoute
    .split("\n")
    .slice(1)
    .flatMap((line) => {
      const [device = "", destination = "", , , , , , mask = ""] = line.trim().split(/\s+/);
      if (!/^[0-9A-F]{8}$/i.test(destination) || !/^[0-9A-F]{8}$/i.test(mask) || Number(`0x${mask}`) === 0) return [];
      return [{ device, network: { first: reversed(destination), size: 2 ** 32 - reversed(mask) } }];
    });
}

/** The kernel writes a number as it lies in memory. */
function reversed(hexText: string): number {
  return Buffer.from(hexText, "hex").readUInt32LE(0);
}
