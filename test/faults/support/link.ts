import { connect, createServer, type Socket } from "node:net";

/** By the first line of the request that a connection carries at that moment. */
export type Asked = "event" | "outcome" | "library" | "offer" | "other";

export interface Chunk {
  readonly asked: Asked;
  readonly direction: "up" | "down";
  /** Of this request or this reply, with this chunk. */
  readonly bytes: number;
}

/** `cut` loses the chunk and both ends of its connection. */
export type Fate = "pass" | "cut";

/** Stands between a rig and its hub, byte for byte, and lets a test see what passes. */
export interface Link {
  /** What the rig takes for its hub. */
  readonly url: string;
  /** Where it leads from the next connection on; before the first there is nobody there. */
  to(url: string): void;
  /** Sees each chunk before it passes; without a watcher all pass. */
  watch(watcher?: (chunk: Chunk) => Fate): void;
  /** Ends all connections. */
  cut(): void;
  close(): void;
}

export async function openLink(): Promise<Link> {
  let target: { host: string; port: number } | undefined;
  let watcher: ((chunk: Chunk) => Fate) | undefined;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    sockets.add(near);
    near.on("close", () => sockets.delete(near));
    if (target === undefined) near.destroy();
    else join(near, connect(target), (chunk) => watcher?.(chunk) ?? "pass");
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
    cut,
    close() {
      server.close();
      cut();
    },
  };
}

function join(near: Socket, far: Socket, fateOf: (chunk: Chunk) => Fate): void {
  let asked: Asked = "other";
  let up = 0;
  let down = 0;
  const end = (): void => {
    near.destroy();
    far.destroy();
  };
  const pass = (chunk: Chunk, bytes: Buffer, to: Socket): void => {
    if (fateOf(chunk) === "cut") end();
    else to.write(bytes);
  };
  near.setNoDelay(true);
  far.setNoDelay(true);
  near.on("data", (data) => {
    const bytes = Buffer.from(data);
    const begun = askedBy(bytes);
    if (begun !== undefined) [asked, up, down] = [begun, 0, 0];
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
