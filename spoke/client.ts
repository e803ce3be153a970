import { checkContentDigest, contentDigest } from "../src/base/digest.ts";
import { Fault } from "../src/base/fault.ts";
import { parseJson } from "../src/base/json.ts";
import { SMALL_BODY_MAX } from "../src/base/limits.ts";
import type { NetReply, NetRequest } from "../src/base/net.ts";
import { runtimeZstd } from "../src/base/zstd.ts";
import type { OfferedEvent } from "../src/wire/offer.ts";
import type { OutcomePatch } from "../src/wire/outcome.ts";
import { FLEET_API, HEADERS } from "../src/wire/protocol.ts";
import { formatQueueReport, type QueueReport } from "../src/wire/queue-report.ts";
import type { SpokeContext } from "./context.ts";
import {
  offerVerdict,
  outcomeVerdict,
  uploadVerdict,
  verdictOfFault,
  type OfferVerdict,
  type OutcomeVerdict,
  type RawReply,
  type UploadVerdict,
} from "./verdicts.ts";
import { SPOKE_VERSION } from "./version.ts";

export interface GetOptions {
  readonly headers?: Readonly<Record<string, string>>;
  readonly maxReplyBytes: number;
  /** Inflated. */
  readonly maxJsonBytes: number;
  /** Without one: what the largest allowed reply needs on the slowest link. */
  readonly deadlineMs?: number;
}

export interface GetReply {
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Undefined when the reply is empty or no JSON. */
  readonly json?: unknown;
}

export interface ToldWithEvent {
  /** Since the hub last heard of any. */
  readonly droppedEvents?: number;
  /** Unix ms: when our queue took it. */
  readonly queuedAt?: number;
  /** What waits behind it. */
  readonly queue?: QueueReport;
}

export interface HubClient {
  /** The frame is sent as it is, and what is told goes along. Never throws for a bad link. */
  uploadEvent(frame: Uint8Array, id: string, told?: ToldWithEvent): Promise<UploadVerdict>;
  sendOutcome(eventId: string, patch: OutcomePatch): Promise<OutcomeVerdict>;
  /** What the rig still keeps, for the hub to say what it lacks. */
  offer(events: readonly OfferedEvent[]): Promise<OfferVerdict>;
  /** `path` from the root, with its query. Faults: `unavailable`, `timeout`, `too_large`, `digest_mismatch`, `invalid_encoding`. */
  get(path: string, options: GetOptions): Promise<GetReply>;
}

/** What a link must carry at least: 256 kbit/s. */
const LINK_BYTES_PER_S = 32_000;

/** `firstHub` tells whether the hub has shown to be one of the first implementation, whose answers say less. */
export function createClient(context: SpokeContext, firstHub: () => boolean = () => false): HubClient {
  return {
    async uploadEvent(frame, id, told = {}) {
      const headers = {
        "Content-Type": "application/json",
        "Content-Encoding": "zstd",
        [HEADERS.contentDigest]: contentDigest(frame),
        ...toldHeaders(told),
      };
      const reply = await sendSmall(context, { method: "POST", path: `${FLEET_API}/events`, headers, body: frame });
      return reply instanceof Fault ? verdictOfFault(reply) : uploadVerdict(reply, id);
    },
    async sendOutcome(eventId, { outcome, action_taken = null, notes = null, ...given }) {
      const body = new TextEncoder().encode(JSON.stringify({ outcome, action_taken, notes, ...given }));
      const headers = { "Content-Type": "application/json", [HEADERS.contentDigest]: contentDigest(body) };
      const path = `${FLEET_API}/events/${encodeURIComponent(eventId)}/outcome`;
      const reply = await sendSmall(context, { method: "PATCH", path, headers, body });
      return reply instanceof Fault ? verdictOfFault(reply) : outcomeVerdict(reply, eventId, { firstHub: firstHub() });
    },
    async offer(events) {
      const body = new TextEncoder().encode(JSON.stringify({ events }));
      const headers = { "Content-Type": "application/json", [HEADERS.contentDigest]: contentDigest(body) };
      const reply = await sendSmall(context, { method: "POST", path: `${FLEET_API}/events/offer`, headers, body });
      return reply instanceof Fault ? verdictOfFault(reply) : offerVerdict(reply);
    },
    async get(path, { headers = {}, maxReplyBytes, maxJsonBytes, deadlineMs }) {
      const request = {
        method: "GET",
        path,
        headers: { "Accept-Encoding": "zstd", ...headers },
        maxReplyBytes,
      } as const;
      const reply = await send(context, request, deadlineMs ?? deadlineFor(context, maxReplyBytes));
      return readReply(reply, maxJsonBytes);
    },
  };
}

function toldHeaders({ droppedEvents = 0, queuedAt, queue }: ToldWithEvent): Record<string, string> {
  return {
    ...(droppedEvents === 0 ? {} : { [HEADERS.droppedEvents]: String(droppedEvents) }),
    ...(queuedAt === undefined ? {} : { [HEADERS.eventQueued]: String(queuedAt) }),
    ...(queue === undefined ? {} : { [HEADERS.queue]: formatQueueReport(queue) }),
  };
}

interface Request {
  readonly method: NetRequest["method"];
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  readonly maxReplyBytes: number;
}

/** What comes back is a few words; whatever goes wrong on the way there or back is returned, not thrown. */
async function sendSmall(
  context: SpokeContext,
  { headers, ...request }: Omit<Request, "maxReplyBytes">,
): Promise<RawReply | Fault> {
  const whole = { ...request, headers: { "Accept-Encoding": "identity", ...headers }, maxReplyBytes: SMALL_BODY_MAX };
  try {
    const deadlineMs = deadlineFor(context, request.body?.byteLength ?? 0);
    const reply = await send(context, whole, deadlineMs);
    const bare = reply.body.byteLength === 0 && reply.headers["content-type"] === undefined;
    return { ...readReply(reply, SMALL_BODY_MAX), bare };
  } catch (error) {
    if (error instanceof Fault) return error;
    throw error;
  }
}

function send({ net, clock, settings }: SpokeContext, request: Request, deadlineMs: number): Promise<NetReply> {
  const { path, headers, ...rest } = request;
  const own = {
    Authorization: `Bearer ${settings.api_key}`,
    ...(isHeaderText(settings.rig_id) ? { [HEADERS.rigId]: settings.rig_id } : {}),
    [HEADERS.rigTime]: String(Math.floor(clock.now())),
    [HEADERS.spokeVersion]: SPOKE_VERSION,
  };
  return net.send({ ...rest, url: settings.hub_url + path, headers: { ...own, ...headers } }, deadlineMs);
}

/** A rig's name may be of any alphabet, a header may not; the key says who we are anyway. */
function isHeaderText(text: string): boolean {
  return /^[ -~]+$/.test(text);
}

function deadlineFor({ settings }: SpokeContext, bytes: number): number {
  return settings.request_timeout_secs * 1000 + Math.ceil((bytes / LINK_BYTES_PER_S) * 1000);
}

function readReply({ status, headers, body }: NetReply, maxJsonBytes: number): GetReply & RawReply {
  checkContentDigest(headers["content-digest"], body);
  return { status, headers, json: jsonOf(inflated(headers["content-encoding"], body, maxJsonBytes)) };
}

function inflated(encoding: string | undefined, body: Uint8Array, maxBytes: number): Uint8Array {
  const name = encoding?.trim().toLowerCase() ?? "identity";
  if (body.byteLength === 0) return body;
  if (name === "zstd") return runtimeZstd.decompress(body, maxBytes);
  if (name !== "identity")
    throw new Fault("invalid_encoding", `the reply is encoded as ${name}, which was not asked for`);
  if (body.byteLength > maxBytes) throw new Fault("too_large", `the reply is over ${maxBytes} bytes`);
  return body;
}

function jsonOf(bytes: Uint8Array): unknown {
  if (bytes.byteLength === 0) return undefined;
  try {
    return parseJson(bytes);
  } catch (error) {
    if (error instanceof Fault && error.code === "invalid_json") return undefined;
    throw error;
  }
}
