import { LIBRARY_JSON_MAX } from "../../../src/base/limits.ts";
import { runtimeZstd } from "../../../src/base/zstd.ts";
import { canonicalDigest } from "../support/canonical.ts";
import { bytesOf, oldHubReplies, type ReplyName } from "./files.ts";

/** A hub of the first implementation, as far as rigs see it. It knows no versions, epochs, pages and offers. */
export interface OldHub {
  readonly url: string;
  /** Digest of each event that it has. */
  readonly events: ReadonlyMap<string, string>;
  /** The body of the last outcome of each event. */
  readonly outcomes: ReadonlyMap<string, unknown>;
  library: "library" | "library_later";
  /** The next answers to uploads; `lost` stores the event, and says that it could not. */
  readonly next: (ReplyName | "lost")[];
  /** As it was shipped, its router finds no outcome. */
  outcomeRoute: boolean;
  close(): Promise<void>;
}

const replies = oldHubReplies();

export function startOldHub(): OldHub {
  const events = new Map<string, string>();
  const outcomes = new Map<string, unknown>();
  const next: OldHub["next"] = [];
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    async fetch(request) {
      const { pathname } = new URL(request.url);
      if (request.method === "GET" && pathname === "/api/fleet/library") return sendLibrary(request);
      const body = jsonOf(request, new Uint8Array(await request.arrayBuffer()));
      if (request.method === "POST" && pathname === "/api/fleet/events") return takeEvent(body);
      const event = /^\/api\/fleet\/events\/([^/]+)\/outcome$/.exec(pathname)?.[1];
      if (request.method === "PATCH" && event !== undefined) return takeOutcome(decodeURIComponent(event), body);
      return replyOf(pathname.startsWith("/api/fleet/events/") ? "no_method" : "no_route");
    },
  });

  function takeEvent(event: { readonly id?: string; readonly advisory?: unknown }): Response {
    const { id = "" } = event;
    const told = next.shift();
    if (told !== undefined && told !== "lost") return replyOf(told, id);
    if (event.advisory === undefined) return replyOf("refused");
    if (events.has(id)) return replyOf("already_exists", id);
    events.set(id, canonicalDigest(event));
    return told === "lost" ? replyOf("overloaded") : replyOf("accepted", id);
  }

  function takeOutcome(id: string, patch: unknown): Response {
    if (!hub.outcomeRoute) return replyOf("no_route");
    if (!events.has(id)) return replyOf("no_event");
    outcomes.set(id, patch);
    return replyOf("recorded");
  }

  function sendLibrary(request: Request): Response {
    if (request.headers.has("if-modified-since")) return replyOf("not_modified");
    const { status, headers, ...body } = replies[hub.library];
    const bytes = bytesOf(body);
    const takesZstd = request.headers.get("accept-encoding")?.includes("zstd") === true;
    if (!takesZstd) return new Response(bytes, { status, headers });
    return new Response(Buffer.from(runtimeZstd.compress(bytes)), {
      status,
      headers: { ...headers, "content-encoding": "zstd" },
    });
  }

  const hub: OldHub = {
    url: `http://127.0.0.1:${server.port}`,
    events,
    outcomes,
    library: "library",
    next,
    outcomeRoute: true,
    close: () => server.stop(true),
  };
  return hub;
}

function replyOf(name: ReplyName, id = ""): Response {
  const { status, headers, ...body } = replies[name];
  const text = bytesOf(body).toString().replaceAll("{id}", id);
  return new Response(text === "" ? null : text, { status, headers });
}

function jsonOf(request: Request, body: Uint8Array): { id?: string; advisory?: unknown } {
  const plain =
    request.headers.get("content-encoding") === "zstd" ? runtimeZstd.decompress(body, LIBRARY_JSON_MAX) : body;
  return plain.byteLength === 0 ? {} : (JSON.parse(new TextDecoder().decode(plain)) as { id?: string });
}
