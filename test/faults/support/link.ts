import type { Random } from "../../../src/base/random.ts";
import { connect, createServer, type Socket } from "node:net";

/** By the first line of the request that a connection carries at that moment. */
export type Asked = "event" | "outcome" | "library" | "offer" | "other";

export interface Chunk {
  readonly asked: Asked;
  readonly direction: "up" | "down";
  /** Of this request or this reply, with this chunk. */
  readonly bytes: number;
}

/**
 * `cut` loses the chunk and both ends of its connection; `keep` lets it pass and keeps the request to be sent again;
 * `late` does both: the request is lost for now, and comes when what was kept is sent.
 */
export type Fate = "pass" | "cut" | "keep" | "late";

/** Stands between a rig and its hub, byte for byte, and lets a test see what passes. */
export interface Link {
  /** What the rig takes for its hub. */
  readonly url: string;
  /** Where it leads from the next connection on; before the first there is nobody there. */
  to(url: string): void;
  /** Sees each chunk before it passes; without a watcher all pass. */
  watch(watcher?: (chunk: Chunk) => Fate): void;
  /** Sends what was kept once more, in another order, each on a connection of its own; returns how many there were. */
  readonly sendKept?: (random: Random) => Promise<number>;
  /** Ends all connections. */
  cut(): void;
  close(): void;
}

export async function openLink(): Promise<Link> {
  let target: { host: string; port: number } | undefined;
  let watcher: ((chunk: Chunk) => Fate) | undefined;
  const sockets = new Set<Socket>();
  const kept: Buffer[] = [];
  const server = createServer((near) => {
    sockets.add(near);
    near.on("close", () => sockets.delete(near));
    if (target === undefined) near.destroy();
    else {
      const keep = (request: Buffer): void => void kept.push(request);
      join(near, connect(target), { fateOf: (chunk) => watcher?.(chunk) ?? "pass", keep });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("the link has no port");
  const cut = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: `http://127.0.0.1:${address.port}`,
    to(url) {
      const { hostname, port } = new URL(url);
      target = { host: hostname, port: Number(port) };
    },
    watch(next) {
      watcher = next;
    },
    async sendKept(random) {
      const to = target;
      if (to === undefined) return 0;
      const requests = shuffled(kept.splice(0), random);
      await Promise.all(requests.map((request) => sendOnce(to, request)));
      return requests.length;
    },
    cut,
    close() {
      server.close();
      cut();
    },
  };
}

interface Way {
  readonly fateOf: (chunk: Chunk) => Fate;
  readonly keep: (request: Buffer) => void;
}

function join(near: Socket, far: Socket, { fateOf, keep }: Way): void {
  let asked: Asked = "other";
  let request: Buffer[] = [];
  let up = 0;
  let down = 0;
  const end = (): void => {
    near.destroy();
    far.destroy();
  };
  const pass = (chunk: Chunk, bytes: Buffer, to: Socket): void => {
    const fate = fateOf(chunk);
    if (fate === "keep" || fate === "late") keep(Buffer.concat(request));
    if (fate === "cut" || fate === "late") return end();
    to.write(bytes);
  };
  near.setNoDelay(true);
  far.setNoDelay(true);
  near.on("data", (data) => {
    const bytes = Buffer.from(data);
    const begun = askedBy(bytes);
    if (begun !== undefined) [asked, request, up, down] = [begun, [], 0, 0];
    request.push(bytes);
    up += bytes.byteLength;
    pass({ asked, direction: "up", bytes: up }, bytes, far);
  });
  far.on("data", (data) => {
    const bytes = Buffer.from(data);
    down += bytes.byteLength;
    pass({ asked, direction: "down", bytes: down }, bytes, near);
  });
  for (const socket of [near, far]) socket.on("close", end).on("error", end);
}

/** Resolves once the first of a reply has come, or none will. */
function sendOnce(to: { host: string; port: number }, request: Buffer): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const socket = connect(to, () => socket.write(request));
  const end = (): void => {
    socket.destroy();
    resolve();
  };
  socket.on("data", end).on("error", end).on("close", end);
  return promise;
}

function shuffled<T>(things: readonly T[], random: Random): T[] {
  return things
    .map((thing) => ({ thing, at: random.u32() }))
    .toSorted((one, other) => one.at - other.at)
    .map(({ thing }) => thing);
}

const FIRST_LINE = /^(GET|POST|PATCH|PUT|DELETE) (\S+) HTTP/;
const FIRST_LINE_BYTES = 300;

/** Undefined for what goes on with the request before. */
function askedBy(bytes: Buffer): Asked | undefined {
  const line = FIRST_LINE.exec(bytes.subarray(0, FIRST_LINE_BYTES).toString("latin1"));
  if (line === null) return undefined;
  const [, method = "", path = ""] = line;
  if (method === "PATCH") return "outcome";
  if (path.startsWith("/api/fleet/library")) return "library";
  if (path === "/api/fleet/events/offer") return "offer";
  return path === "/api/fleet/events" ? "event" : "other";
}
