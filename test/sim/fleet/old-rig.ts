import { registerRig } from "../../../src/domain/rigs.ts";
import type { HubContext } from "../../../src/domain/context.ts";
import type { NetReply } from "../../../src/base/net.ts";
import { runtimeZstd } from "../../../src/base/zstd.ts";
import { outcomeOf } from "../model/check-events.ts";
import type { Answer } from "../model/model.ts";
import { createEventSource, type NumberedEvent } from "./events.ts";
import { HOUR_MS, MINUTE_MS, START_MS, type Fleet } from "./fleet.ts";
import { begin, pause } from "./operators.ts";

const LIBRARY_MAX_BYTES = 64 * 1024 * 1024;
const DEADLINE_MS = MINUTE_MS;

/** A rig of the software before ours: plain JSON, a whole library by date, and three keys in an answer. */
export interface OldRig {
  readonly rigId: string;
  /** What it has of others, by id. */
  readonly library: Map<string, unknown>;
  /** Version of its newest reply. */
  version: number;
  /** Nothing of it waits. */
  idle: boolean;
}

export async function startOldRig(fleet: Fleet, context: HubContext): Promise<void> {
  const rigId = "RIG-91";
  const place = { rig_id: rigId, well_id: "W", field: "F" };
  const { api_key: key } = await registerRig(context, place, { name: "admin", address: "local" });
  const rig: OldRig = { rigId, library: new Map(), version: -1, idle: true };
  fleet.oldRigs.push(rig);
  const ways = { fleet, rig, key };
  begin({ ...fleet, jobs: { open: 0 } }, () => pullForEver(ways));
  const dice = fleet.dice.fork(rigId);
  const source = createEventSource(dice.fork("events"));
  for (let nth = 0; nth < fleet.plan.incidents; nth++) {
    fleet.kernel.quietly(dice.unit() * fleet.plan.hours * HOUR_MS, fleet.world, () => {
      const event = source.make(rigId, START_MS + fleet.kernel.nowMs, 9000 + dice.int(0, 900));
      const action = dice.pick(["shut_in", "dismissed", "escalated"]);
      fleet.model.offered(event);
      fleet.model.enqueued(event, event.id);
      begin(fleet, () => uploadAndAnswer(ways, event, { action, notes: `word ${nth} of ${rigId}` }));
    });
  }
}

interface Ways {
  readonly fleet: Fleet;
  readonly rig: OldRig;
  readonly key: string;
}

async function uploadAndAnswer(ways: Ways, event: NumberedEvent, answer: Answer): Promise<void> {
  await untilTaken(ways, "POST", "/api/fleet/events", event, [201, 409]);
  ways.fleet.model.answered(event, answer);
  const { action, notes } = answer;
  const outcome = outcomeOf(answer);
  const name = typeof outcome === "string" ? outcome : Object.keys(outcome as object)[0];
  const body = { outcome: name, action_taken: name === "Resolved" ? action : null, notes };
  await untilTaken(ways, "PATCH", `/api/fleet/events/${event.id}/outcome`, body, [200]);
}

async function untilTaken(
  ways: Ways,
  method: "POST" | "PATCH",
  path: string,
  value: unknown,
  good: number[],
): Promise<void> {
  const body = new TextEncoder().encode(JSON.stringify(value));
  for (;;) {
    const reply = await ask(ways, method, path, body, {});
    if (reply !== undefined && good.includes(reply.status)) return;
    await pause(ways.fleet, 2 * MINUTE_MS);
  }
}

/** Every so often, by the date of the last time. */
async function pullForEver(ways: Ways): Promise<void> {
  const { fleet, rig } = ways;
  let since: number | undefined;
  for (;;) {
    const asked = Math.floor((START_MS + fleet.kernel.nowMs) / 1000);
    const headers = since === undefined ? {} : { "If-Modified-Since": String(since) };
    const reply = await ask(ways, "GET", "/api/fleet/library", undefined, { "Accept-Encoding": "zstd", ...headers });
    if (reply?.status === 200) takeUp(rig, reply);
    if (reply?.status === 304 || reply?.status === 200) {
      since = asked;
      rig.version = Number(reply.headers["x-library-version"]);
    }
    await pause(fleet, reply === undefined ? 5 * MINUTE_MS : fleet.plan.syncIntervalS * 1000);
  }
}

function takeUp(rig: OldRig, { headers, body }: NetReply): void {
  const bytes = headers["content-encoding"] === "zstd" ? runtimeZstd.decompress(body, LIBRARY_MAX_BYTES) : body;
  const { episodes, pruned_ids } = JSON.parse(new TextDecoder().decode(bytes)) as {
    episodes: { id: string; rig_id: string }[];
    pruned_ids: string[];
  };
  for (const episode of episodes) rig.library.set(episode.id, episode);
  for (const id of pruned_ids) rig.library.delete(id);
}

async function ask(
  { fleet, rig, key }: Ways,
  method: "GET" | "POST" | "PATCH",
  path: string,
  body: Uint8Array | undefined,
  headers: Record<string, string>,
): Promise<NetReply | undefined> {
  const own = { Authorization: `Bearer ${key}`, "X-Rig-ID": rig.rigId, "Content-Type": "application/json", ...headers };
  const sent = body === undefined ? {} : { body };
  const request = {
    method,
    url: `http://hub.sim:8080${path}`,
    headers: own,
    maxReplyBytes: LIBRARY_MAX_BYTES,
    ...sent,
  };
  try {
    return await fleet.net.of(rig.rigId, { name: rig.rigId, dead: false }).send(request, DEADLINE_MS);
  } catch {
    return undefined;
  }
}
