import { Fault } from "../base/fault.ts";
import type { Clock } from "../base/clock.ts";
import type { createApp } from "./app.ts";

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
  /** Refuses new connections, lets running requests finish, at most until the deadline. */
  drain(deadlineMs: number): Promise<void>;
}

/** Faults: `config` when the address cannot be bound. */
export function serve(
  app: Awaited<ReturnType<typeof createApp>>,
  { hostname, port }: Address,
  maxPayloadBytes: number,
  clock: Clock,
): RunningServer {
  try {
    app.listen({
      hostname,
      port,
      idleTimeout: IDLE_S,
      maxRequestBodySize: maxPayloadBytes * BODY_MAX_FACTOR,
      reusePort: false,
    });
  } catch (error) {
    const reason = error instanceof Error ? error.message : "unknown";
    throw new Fault(
      "config",
      `cannot listen at ${hostname} port ${port} (${reason})`,
      "choose another --port, or stop what uses it",
    );
  }
  const { server } = app;
  if (server === null) throw new Fault("config", `cannot listen at ${hostname} port ${port}`);
  return {
    url: `http://${hostname.includes(":") ? `[${hostname}]` : hostname}:${server.port}`,
    async drain(deadlineMs) {
      const cut = new AbortController();
      const stopped = server.stop(false).then(() => cut.abort());
      await Promise.race([stopped, clock.sleep(deadlineMs, cut.signal)]);
      if (!cut.signal.aborted) await server.stop(true);
    },
  };
}
