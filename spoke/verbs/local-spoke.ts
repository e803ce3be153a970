import { Fault } from "../../src/base/fault.ts";
import { isRecord, parseJson } from "../../src/base/json.ts";
import { MIB } from "../../src/base/limits.ts";
import type { SpokeContext } from "../context.ts";

export interface LocalCall {
  readonly method: "GET" | "POST";
  readonly path: string;
  /** JSON bytes. */
  readonly body?: Uint8Array;
  /** A pull of the library takes longer than a look. */
  readonly deadlineMs?: number;
}

export interface LocalReply {
  readonly status: number;
  readonly json: unknown;
}

const REPLY_MAX = 64 * MIB;
const DEADLINE_MS = 10_000;

/** Asks the spoke that runs on this rig; undefined when none does. Faults: `timeout`, `invalid_json`. */
export async function callLocalSpoke(context: SpokeContext, call: LocalCall): Promise<LocalReply | undefined> {
  const { hostname, port } = context.settings.listen;
  const host = hostname.includes(":") ? `[${hostname}]` : hostname;
  try {
    const reply = await context.net.send(
      {
        method: call.method,
        url: `http://${host}:${port}${call.path}`,
        headers: { "content-type": "application/json", accept: "application/json" },
        ...(call.body === undefined ? {} : { body: call.body }),
        maxReplyBytes: REPLY_MAX,
      },
      call.deadlineMs ?? DEADLINE_MS,
    );
    return { status: reply.status, json: parseJson(reply.body) };
  } catch (error) {
    if (error instanceof Fault && error.code === "unavailable") return undefined;
    if (error instanceof Fault && error.code === "timeout") {
      throw new Fault("timeout", `the spoke at ${host}:${port} does not answer`, "look at its log");
    }
    throw error;
  }
}

/** The reply's value, when the spoke did as asked. Faults: `invalid_request`, with what it said instead. */
export function acceptedJson(reply: LocalReply): unknown {
  if (reply.status < 300) return reply.json;
  const said = isRecord(reply.json) && typeof reply.json["error"] === "string" ? reply.json["error"] : "no reason";
  throw new Fault("invalid_request", said);
}
