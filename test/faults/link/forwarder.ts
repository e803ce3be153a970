/**
 * A bad link between two TUN devices, packet by packet: rate, delay, loss, and either direction closed. A process of its
 * own, as it waits in `poll`. Arguments: two device names, the network and a seed; shapes come as lines of JSON by
 * standard input, and its end ends the link. Many kernels are built without netem, and TUN devices are everywhere.
 *
 * Both ends are on one machine, which would short its own addresses. So the rig (.1) sees its hub as .4, and the hub (.3)
 * sees its rig as .2: what one sends from .1 to .4 arrives from .2 at .3. The sums are the same, and so every checksum.
 */
import { dlopen, ptr } from "bun:ffi";
import { openSync, readSync, writeSync } from "node:fs";
import { seededRandom, unitInterval } from "../../../src/base/random.ts";
import type { Shape } from "./radio.ts";

const TUNSETIFF = 0x400454ca;
const IFF_TUN_NO_PI = 0x1001;
const IFREQ_BYTES = 40;
const FLAGS_AT = 16;
const POLLIN = 1;
const POLLFD_BYTES = 8;
const REVENTS_AT = 6;
/** What a modem holds back for a busy line; more is dropped, as there. */
const BUFFER_BYTES = 128 * 1024;
const PACKET_MAX = 65_536;
const IDLE_MS = 1000;
const IP_VERSION = 4;
/** Where the last bytes of a packet's addresses stand. */
const SOURCE_END = 15;
const DESTINATION_END = 19;

const libc = dlopen("libc.so.6", {
  ioctl: { args: ["i32", "u64", "ptr"], returns: "i32" },
  poll: { args: ["ptr", "u64", "i32"], returns: "i32" },
});

function openDevice(name: string): number {
  const fd = openSync("/dev/net/tun", "r+");
  const request = Buffer.alloc(IFREQ_BYTES);
  request.write(name, "latin1");
  request.writeUInt16LE(IFF_TUN_NO_PI, FLAGS_AT);
  if (libc.symbols.ioctl(fd, TUNSETIFF, ptr(request)) !== 0) throw new Error(`no TUN device ${name}`);
  return fd;
}

interface Packet {
  readonly due: number;
  readonly bytes: Uint8Array;
}

/** One direction. */
interface Way {
  readonly from: number;
  readonly to: number;
  readonly name: "up" | "down";
  /** Last bytes of the addresses that a packet leaves with. */
  readonly source: number;
  readonly destination: number;
  readonly under: Packet[];
  /** When the last bit of what was taken so far has left. */
  freeAt: number;
}

const [rigDevice = "", hubDevice = "", network = "", seed = "1"] = process.argv.slice(2);
const [, , , base = 0] = network.split(".").map(Number);
const random = seededRandom(Number(seed));
const rig = openDevice(rigDevice);
const hub = openDevice(hubDevice);
const ways: readonly Way[] = [
  { from: rig, to: hub, name: "up", source: base + 2, destination: base + 3, under: [], freeAt: 0 },
  { from: hub, to: rig, name: "down", source: base + 4, destination: base + 1, under: [], freeAt: 0 },
];
let shape: Shape = { bitsPerSecond: 1e9, delayMs: 0, jitterMs: 0, loss: 0, closed: "none" };
let typed = "";

function take(way: Way, bytes: Uint8Array): void {
  if (bytes[0] === undefined || bytes[0] >> 4 !== IP_VERSION) return;
  bytes[SOURCE_END] = way.source;
  bytes[DESTINATION_END] = way.destination;
  const now = performance.now();
  const { bitsPerSecond, delayMs, jitterMs, loss, closed } = shape;
  const waiting = ((way.freeAt - now) / 1000) * (bitsPerSecond / 8);
  if (closed === "both" || closed === way.name || unitInterval(random) < loss || waiting > BUFFER_BYTES) return;
  way.freeAt = Math.max(now, way.freeAt) + (bytes.byteLength * 8 * 1000) / bitsPerSecond;
  way.under.push({ due: way.freeAt + delayMs + unitInterval(random) * jitterMs, bytes });
}

/** Jitter may let one packet overtake another, as it does outside. */
function deliver(way: Way): void {
  const now = performance.now();
  for (let at = 0; at < way.under.length;) {
    const packet = way.under[at];
    if (packet === undefined || packet.due > now) {
      at++;
      continue;
    }
    way.under.splice(at, 1);
    try {
      writeSync(way.to, packet.bytes);
    } catch {
      // A device that is down takes nothing: a lost packet like any other.
    }
  }
}

function nextDueMs(): number {
  const due = Math.min(...ways.flatMap(({ under }) => under.map((packet) => packet.due)));
  return Math.max(0, Math.min(IDLE_MS, Math.ceil(due - performance.now())));
}

/** False at its end. */
function readShape(): boolean {
  const chunk = Buffer.alloc(4096);
  const read = readSync(0, chunk, 0, chunk.byteLength, null);
  if (read === 0) return false;
  typed += chunk.toString("utf8", 0, read);
  const lines = typed.split("\n");
  typed = lines.pop() ?? "";
  for (const line of lines) shape = JSON.parse(line) as Shape;
  return true;
}

const watched = Buffer.alloc(3 * POLLFD_BYTES);
for (const [at, fd] of [rig, hub, 0].entries()) {
  watched.writeInt32LE(fd, at * POLLFD_BYTES);
  watched.writeInt16LE(POLLIN, at * POLLFD_BYTES + 4);
}
const readable = (at: number): boolean => watched.readInt16LE(at * POLLFD_BYTES + REVENTS_AT) !== 0;
const packet = Buffer.alloc(PACKET_MAX);
process.stdout.write("open\n");
for (let open = true; open;) {
  libc.symbols.poll(ptr(watched), 3, nextDueMs());
  for (const [at, way] of ways.entries()) {
    if (readable(at)) take(way, Uint8Array.from(packet.subarray(0, readSync(way.from, packet, 0, PACKET_MAX, null))));
    deliver(way);
  }
  if (readable(2)) open = readShape();
}
process.exit(0);
