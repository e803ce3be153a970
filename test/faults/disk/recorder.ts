import { EVENT_JSON_MAX } from "../../../src/base/limits.ts";
import { runtimeZstd } from "../../../src/base/zstd.ts";
import { anEpisode } from "../../support/library-hub.ts";
import { playedHub } from "../../support/played-hub.ts";
import { canonicalDigest } from "../support/canonical.ts";

/** A hub that only remembers, for rigs as executables. */
export interface Recorder {
  readonly url: string;
  /** Digests of the events that arrived, by id. */
  readonly events: Map<string, string>;
  /** Ids of its library's episodes. */
  readonly episodes: readonly string[];
  /** Changes an episode, so that there is something to pull. */
  publish(): void;
  close(): void;
}

const EPISODES = 40;

export function openRecorder(): Recorder {
  const hub = playedHub();
  const events = new Map<string, string>();
  const first = Array.from({ length: EPISODES }, (_, nth) => anEpisode({ timestamp: 1_794_000_000 + nth }));
  hub.library.put(...first);
  let published = 0;
  const server = Bun.serve({
    hostname: "127.0.0.1",
    port: 0,
    async fetch(request) {
      const body = new Uint8Array(await request.arrayBuffer());
      const { pathname } = new URL(request.url);
      if (request.method === "POST" && pathname === "/api/fleet/events") {
        const json = new TextDecoder().decode(runtimeZstd.decompress(body, EVENT_JSON_MAX));
        const event = JSON.parse(json) as { id: string };
        events.set(event.id, canonicalDigest(event));
      }
      const method = request.method as "GET" | "POST" | "PATCH";
      const asked = { method, url: request.url, headers: {}, body, maxReplyBytes: 2 ** 20 };
      const { status, headers, body: reply } = await hub.net.send(asked, 1000);
      return new Response(status === 304 ? null : Buffer.from(reply), { status, headers });
    },
  });
  return {
    url: `http://127.0.0.1:${server.port}`,
    events,
    episodes: first.map(({ id }) => id),
    publish() {
      const episode = first[published % EPISODES];
      if (episode !== undefined) hub.library.put({ ...episode, resolution_summary: `told ${published++}` });
    },
    close: () => void server.stop(true),
  };
}
