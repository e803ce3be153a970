import { assert } from "../base/assert.ts";
import { Fault } from "../base/fault.ts";
import type { Clock } from "../base/clock.ts";
import type { createApp } from "./app.ts";
import type { ServerTls } from "./tls.ts";

/** Beyond the largest event body, so that the routes' own limits answer with a reason. */
const BODY_MAX_FACTOR = 2;
/** Before a key was shown. Routes allow more for rigs on bad links. */
const IDLE_S = 10;

export interface Address {
  readonly hostname: string;
  readonly port: number;
}

/** `10.0.0.1`, `10.0.0.1:8080`, `[::1]:8080`, `::1`, `hub.lan:80`, `:8080`; the port of the address wins. Faults: `config`. */
export function parseAddress(text: string, port: number): Address {
  const bracketed = /^\[([0-9a-fA-F:.%a-z]+)\](?::(\d{1,5}))?$/.exec(text);
  const plain = /^([^:[\]\s/]*)(?::(\d{1,5}))?$/.exec(text);
  const bare = /^[0-9a-fA-F]*(?::[0-9a-fA-F.]*){2,}$/.test(text) ? text : undefined;
  const hostname = bracketed?.[1] ?? plain?.[1] ?? bare;
  const stated = bracketed?.[2] ?? plain?.[2];
  const chosen = stated === undefined ? port : Number(stated);
  if (hostname === undefined || chosen > 65_535) {
    throw new Fault(
      "config",
      `--bind-address ${JSON.stringify(text)} is no address`,
      "write 10.0.0.1, 10.0.0.1:8080 or [::1]:8080",
    );
  }
  return { hostname: hostname === "" ? "0.0.0.0" : hostname, port: chosen };
}

export interface RunningServer {
  readonly url: string;
  /** Listens with another certificate from now on; what runs already finishes under the old one. */
  renew(tls: ServerTls): void;
  /** Refuses new connections, lets running requests finish, at most until the deadline. */
  drain(deadlineMs: number): Promise<void>;
}

/** The tunnel may come up after the hub: so long it is waited for. */
const ADDRESS_WAIT_MS = 60_000;
const ADDRESS_LOOK_MS = 500;

export interface ServeOptions {
  readonly address: Address;
  readonly maxPayloadBytes: number;
  readonly clock: Clock;
  readonly tls: ServerTls | undefined;
  /** Told each time that the address is not there yet. */
  readonly waiting: () => void;
}

type App = Awaited<ReturnType<typeof createApp>>;

/** Faults: `config` when the address cannot be bound. */
export function serve(app: App, address: Address, maxPayloadBytes: number, clock: Clock): RunningServer {
  try {
    bind(app, address, maxPayloadBytes);
  } catch (error) {
    throw cannotListen(address, error);
  }
  return running(app, { address, maxPayloadBytes, clock });
}

/** The same for an address that may come later. Faults: `config`, when it is taken or still not there after a minute. */
export async function serveWhenThere(app: App, options: ServeOptions): Promise<RunningServer> {
  const { address, maxPayloadBytes, clock, tls, waiting } = options;
  const until = clock.monotonic() + ADDRESS_WAIT_MS;
  for (;;) {
    try {
      if (tls !== undefined) refuseTaken(address);
      bind(app, address, maxPayloadBytes, tls);
      return running(app, options);
    } catch (error) {
      const absent = (error as { code?: unknown }).code === "EADDRNOTAVAIL";
      if (!absent || clock.monotonic() >= until) throw cannotListen(address, error);
    }
    waiting();
    await clock.sleep(ADDRESS_LOOK_MS);
  }
}

type Running = Pick<ServeOptions, "address" | "maxPayloadBytes" | "clock">;

function running(app: App, { address, maxPayloadBytes, clock }: Running): RunningServer {
  const { hostname } = address;
  const first = listening(app);
  const leaving = new Set<ReturnType<typeof listening>>();
  return {
    url: `${first.url.protocol}//${hostname.includes(":") ? `[${hostname}]` : hostname}:${first.port}`,
    renew(tls) {
      const old = listening(app);
      // The runtime cannot change the certificate of a listener: a second one takes its place at the same port.
      bind(app, { hostname, port: old.port ?? address.port }, maxPayloadBytes, tls);
      leaving.add(old);
      void old.stop(false).then(() => leaving.delete(old));
    },
    async drain(deadlineMs) {
      const cut = new AbortController();
      const all = [listening(app), ...leaving];
      const stopped = Promise.all(all.map((server) => server.stop(false))).then(() => cut.abort());
      await Promise.race([stopped, clock.sleep(deadlineMs, cut.signal)]);
      if (!cut.signal.aborted) await Promise.all(all.map((server) => server.stop(true)));
    },
  };
}

function listening({ server }: App) {
  assert(server !== null, "an app that listens has a server");
  return server;
}

/** Listeners that share a port would share it with a second hub too, without a word. Throws as listening does. */
function refuseTaken({ hostname, port }: Address): void {
  void Bun.serve({ hostname, port, reusePort: false, fetch: () => new Response() }).stop(true);
}

function bind(app: App, { hostname, port }: Address, maxPayloadBytes: number, tls?: ServerTls): void {
  app.listen({
    hostname,
    port,
    idleTimeout: IDLE_S,
    maxRequestBodySize: maxPayloadBytes * BODY_MAX_FACTOR,
    reusePort: tls !== undefined,
    ...(tls === undefined ? {} : { tls }),
  });
}

function cannotListen({ hostname, port }: Address, error: unknown): Fault {
  const reason = error instanceof Error ? error.message : "unknown";
  return new Fault(
    "config",
    `cannot listen at ${hostname} port ${port} (${reason})`,
    "choose another --bind-address or --port, or stop what uses it",
  );
}
