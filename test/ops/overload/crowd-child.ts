// Connections that cost a hub its patience, in a process of their own: idle ones, opened again when they are closed, and
// rigs that send their bodies at 1 KB/s. bun crowd-child.ts TARGET SECONDS IDLE SLOW BASE; prints what came of them.
import { newEvent, newHeard, note, type Target } from "./senders.ts";

const [target = "", seconds = "", idle = "", slow = "", base = ""] = process.argv.slice(2);
const to = (await Bun.file(target).json()) as Target;
const { hostname, port } = new URL(to.url);
const until = performance.now() + Number(seconds) * 1000;
const BYTES_A_SECOND = 1024;
const BODY_BYTES = 8 * 1024;
const REPLY_MS = 30_000;

const heard = newHeard();
let reopened = 0;
let most = 0;
let now = 0;

async function idler(): Promise<void> {
  while (performance.now() < until) {
    const closed = Promise.withResolvers<void>();
    try {
      await Bun.connect({
        hostname,
        port: Number(port),
        socket: { data: () => {}, open: () => void (most = Math.max(most, ++now)), close: () => closed.resolve() },
      });
      await Promise.race([closed.promise, Bun.sleep(until - performance.now())]);
      now--;
      reopened++;
    } catch {
      await Bun.sleep(500);
    }
  }
}

/** The body of an event with spaces before it, which JSON allows, so that it takes its time. */
async function dripper(at: number): Promise<void> {
  const rig = to.rigs[at % to.rigs.length];
  if (rig === undefined) return;
  while (performance.now() + (BODY_BYTES / BYTES_A_SECOND) * 1000 < until) {
    const { id, body } = newEvent(rig.id, Number(base));
    const status = await drip(rig.key, body.padStart(BODY_BYTES)).catch(() => 0);
    note(heard, status);
    if (status === 201) heard.taken.push(id);
    else await Bun.sleep(2000 + Math.random() * 3000);
  }
}

/** The reply's status; 0 when the connection ended without one. */
async function drip(key: string, body: string): Promise<number> {
  const replied = Promise.withResolvers<number>();
  const answered = new AbortController();
  const reply = (status: number): void => {
    answered.abort();
    replied.resolve(status);
  };
  const socket = await Bun.connect({
    hostname,
    port: Number(port),
    socket: {
      data: (_socket, data) => reply(Number(/^HTTP\/1\.1 (\d{3})/.exec(data.toString())?.[1] ?? 0)),
      close: () => reply(0),
    },
  });
  const headers = `Authorization: Bearer ${key}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
  socket.write(`POST /api/fleet/events HTTP/1.1\r\nHost: hub\r\n${headers}\r\n\r\n`);
  for (let sent = 0; sent < body.length && !answered.signal.aborted; sent += BYTES_A_SECOND) {
    socket.write(body.slice(sent, sent + BYTES_A_SECOND));
    await Bun.sleep(1000);
  }
  const status = await Promise.race([replied.promise, Bun.sleep(REPLY_MS).then(() => 0)]);
  socket.end();
  return status;
}

await Promise.all([
  ...Array.from({ length: Number(idle) }, idler),
  ...Array.from({ length: Number(slow) }, (_, at) => dripper(at)),
]);
process.stdout.write(JSON.stringify({ ...heard, reopened, most }));
process.exit(0);
