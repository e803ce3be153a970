import type { FleetEpisode } from "../../src/wire/episode.ts";
import type { FleetEvent } from "../../src/wire/event.ts";

/** A request that a person could make with curl; fails with what the other end said. */
export async function call<T>(
  method: "GET" | "POST",
  url: string,
  options: { key?: string; body?: unknown } = {},
): Promise<T> {
  const { key, body } = options;
  const reply = await fetch(url, {
    method,
    headers: {
      ...(key === undefined ? {} : { Authorization: `Bearer ${key}` }),
      ...(body === undefined ? {} : { "Content-Type": "application/json" }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await reply.text();
  if (!reply.ok) throw new Error(`${method} ${new URL(url).pathname} answered ${reply.status}: ${text}`);
  return JSON.parse(text) as T;
}

export interface SpokeStatus {
  readonly queue: { readonly pending: number; readonly outcomes_pending: number; readonly refused: number };
  readonly library: { readonly version: number; readonly episodes: number };
}

export interface Recall {
  readonly precedents: readonly {
    readonly episode: FleetEpisode;
    readonly similarity: number;
    readonly why: readonly string[] | string;
    readonly text: string;
  }[];
  readonly took_us: number;
}

/** What SAIREN-OS and a driller do on the rig: all of it through the spoke's own address. */
export function rigSide(spokeUrl: string) {
  return {
    enqueue: (event: FleetEvent) =>
      call<{ id: string; status: string }>("POST", `${spokeUrl}/api/v1/events`, { body: event }),
    acknowledge: (event: FleetEvent, action: string, notes: string) =>
      call<{ success: boolean }>("POST", `${spokeUrl}/api/v1/advisory/acknowledge`, {
        body: { ticket_timestamp: event.advisory.timestamp, acknowledged_by: "driller", action_taken: action, notes },
      }),
    recall: (event: FleetEvent) => call<Recall>("POST", `${spokeUrl}/api/v1/recall`, { body: event }),
    status: () => call<SpokeStatus>("GET", `${spokeUrl}/api/v1/status`),
    sync: () => call<unknown>("POST", `${spokeUrl}/api/v1/sync`),
  };
}

export type RigSide = ReturnType<typeof rigSide>;
