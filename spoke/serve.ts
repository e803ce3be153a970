import { Fault } from "../src/base/fault.ts";
import { EVENT_JSON_MAX } from "../src/base/limits.ts";
import type { Listen } from "./setting-forms.ts";

export interface Server {
  /** `http://127.0.0.1:8790`, with the port that was taken. */
  readonly url: string;
  /** Refuses new requests and lets running ones finish, but not for longer than the deadline. */
  stop(deadline: Promise<void>): Promise<void>;
}

/** A request of this machine that says nothing for so long is given up. */
const IDLE_TIMEOUT_S = 30;
/** Answers once the pull is done: 50,000 episodes over a slow link take minutes. */
const SYNC_PATH = "/api/v1/sync";

/** Faults: `config`, when the address is taken. */
export function serve(listen: Listen, handle: Handle, idleTimeoutS = IDLE_TIMEOUT_S): Server {
  const server = bind(listen, handle, idleTimeoutS);
  const host = listen.hostname.includes(":") ? `[${listen.hostname}]` : listen.hostname;
  return {
    url: `http://${host}:${server.port}`,
    async stop(deadline) {
      await Promise.race([server.stop(false), deadline]);
      await server.stop(true);
    },
  };
}

type Handle = (request: Request) => Promise<Response>;

function bind(listen: Listen, handle: Handle, idleTimeout: number): Bun.Server<undefined> {
  try {
    return Bun.serve({
      hostname: listen.hostname,
      port: listen.port,
      idleTimeout,
      maxRequestBodySize: EVENT_JSON_MAX + 1,
      fetch: (request, server) => {
        if (new URL(request.url).pathname === SYNC_PATH) server.timeout(request, 0);
        return handle(request);
      },
    });
  } catch (error) {
    if ((error as { code?: unknown }).code !== "EADDRINUSE") throw error;
    throw new Fault("config", `listen: port ${listen.port} is taken`, "stop what uses it, or choose another in listen");
  }
}
