import { runtimeZstd } from "../../../src/base/zstd.ts";
import { MIB } from "../../../src/base/limits.ts";
import { note, type Heard, type Target } from "./senders.ts";

type Rig = Target["rigs"][number];

const BOMB = runtimeZstd.compress(new Uint8Array(64 * MIB));
const TRUNCATED = runtimeZstd.compress(Buffer.from(JSON.stringify({ id: "x".repeat(5_000) }))).subarray(0, 20);
const DEEP = `${"[".repeat(200_000)}${"]".repeat(200_000)}`;
const LONG_HEADER = "x".repeat(64 * 1024);
const REPLY_MS = 20_000;

/** One of what a hostile or broken sender does; a reply is noted, a closed connection is a 0. */
export async function hostile(to: Target, rig: Rig, number: number, heard: Heard): Promise<void> {
  const ways = [bomb, truncated, wrongKey, longHeader, garbage, deep, shortBody];
  try {
    note(heard, await (ways[number % ways.length] ?? bomb)(to, rig));
  } catch {
    note(heard, 0);
  }
}

const bomb = (to: Target, rig: Rig): Promise<number> => post(to, rig, BOMB, { "Content-Encoding": "zstd" });
const truncated = (to: Target, rig: Rig): Promise<number> => post(to, rig, TRUNCATED, { "Content-Encoding": "zstd" });
const deep = (to: Target, rig: Rig): Promise<number> => post(to, rig, DEEP, {});
const wrongKey = (to: Target): Promise<number> => post(to, { id: "RIG-0", key: `sk-fleet-${Math.random()}` }, "{}", {});
const longHeader = (to: Target, rig: Rig): Promise<number> => post(to, rig, "{}", { "X-Rig-ID": LONG_HEADER });

async function post({ url }: Target, { key }: Rig, body: string | Uint8Array, headers: Record<string, string>) {
  const reply = await fetch(`${url}/api/fleet/events`, {
    method: "POST",
    headers: { Authorization: `Bearer ${key}`, "Content-Type": "application/json", ...headers },
    body: typeof body === "string" ? body : Buffer.from(body),
    signal: AbortSignal.timeout(REPLY_MS),
  });
  await reply.arrayBuffer();
  return reply.status;
}

/** A good request with rubbish behind it on the same connection. */
const garbage = (to: Target): Promise<number> =>
  raw(to, `GET /livez HTTP/1.1\r\nHost: hub\r\n\r\n\u0000\u0001GARBAGE / / /\r\n\r\n${"\r\n".repeat(50)}`);

/** Less than it says: the connection is cut in the middle of the body. */
const shortBody = (to: Target, { key }: Rig): Promise<number> =>
  raw(
    to,
    `POST /api/fleet/events HTTP/1.1\r\nHost: hub\r\nAuthorization: Bearer ${key}\r\nContent-Length: 5000\r\n\r\n{"id":`,
    { cut: true },
  );

async function raw({ url }: Target, text: string, { cut = false } = {}): Promise<number> {
  const { hostname, port } = new URL(url);
  const { promise, resolve } = Promise.withResolvers<number>();
  const socket = await Bun.connect({
    hostname,
    port: Number(port),
    socket: {
      data: (_socket, bytes) => resolve(Number(/^HTTP\/1\.1 (\d{3})/.exec(bytes.toString())?.[1] ?? 0)),
      close: () => resolve(0),
    },
  });
  socket.write(text);
  if (cut) socket.end();
  const status = await Promise.race([promise, Bun.sleep(REPLY_MS).then(() => 0)]);
  socket.end();
  return status;
}
