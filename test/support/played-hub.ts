import { Fault } from "../../src/base/fault.ts";
import type { Net, NetReply, NetRequest } from "../../src/base/net.ts";
import { runtimeZstd } from "../../src/base/zstd.ts";
import { EVENT_JSON_MAX } from "../../src/base/limits.ts";
import { decodeEvent } from "../../src/wire/codec.ts";
import { libraryHub, type LibraryHub } from "./library-hub.ts";

/** All that a spoke talks to, played without sockets: hub, rig software, and spokes on this machine. */
export interface PlayedHub {
  readonly net: Net;
  readonly library: LibraryHub;
  /** Ids in the order of arrival. */
  readonly events: string[];
  readonly outcomes: { readonly id: string; readonly body: unknown }[];
  /** What the rig software lists. */
  readonly acknowledgments: unknown[];
  /** False: no reply comes from anywhere. */
  up: boolean;
  /** How libraries are sent. */
  compressed: boolean;
}

export const SAIREN_URL = "http://127.0.0.1:8080";

export function playedHub(): PlayedHub {
  const hub: PlayedHub = {
    library: libraryHub(),
    events: [],
    outcomes: [],
    acknowledgments: [],
    up: true,
    compressed: true,
    net: {
      async send(request) {
        if (!hub.up) throw new Fault("unavailable", "the hub cannot be reached (ECONNREFUSED)");
        return answer(hub, request);
      },
    },
  };
  return hub;
}

async function answer(hub: PlayedHub, request: NetRequest): Promise<NetReply> {
  const { pathname, search, origin } = new URL(request.url);
  if (origin === SAIREN_URL) return reply(200, hub.acknowledgments);
  if (pathname === "/api/fleet/events") {
    const event = decodeEvent(runtimeZstd.decompress(request.body ?? new Uint8Array(0), EVENT_JSON_MAX));
    hub.events.push(event.id);
    return reply(201, { id: event.id, status: "accepted" });
  }
  if (pathname === "/api/fleet/events/offer") return reply(404, { error: "there is nothing here" });
  const outcome = /^\/api\/fleet\/events\/([^/]+)\/outcome$/.exec(pathname)?.[1];
  if (outcome !== undefined) {
    const id = decodeURIComponent(outcome);
    hub.outcomes.push({ id, body: JSON.parse(new TextDecoder().decode(request.body)) });
    return reply(200, { id });
  }
  const asked = await hub.library.get(pathname + search, { maxReplyBytes: 0, maxJsonBytes: 0, deadlineMs: 0 });
  const plain = reply(asked.status, asked.json);
  if (!hub.compressed || asked.json === undefined) return plain;
  return { ...plain, headers: { "content-encoding": "zstd" }, body: runtimeZstd.compress(plain.body) };
}

function reply(status: number, json: unknown): NetReply {
  const body = json === undefined ? new Uint8Array(0) : new TextEncoder().encode(JSON.stringify(json));
  return { status, headers: { "content-type": "application/json" }, body };
}
