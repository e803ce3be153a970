import { encodeEvent } from "../../../src/wire/codec.ts";
import { runtimeZstd } from "../../../src/base/zstd.ts";
import type { FleetEvent } from "../../../src/wire/event.ts";
import { patchOf, type Answer, type Ledger } from "./ledger.ts";
import type { Link } from "./link.ts";

/** A rig without a spoke, as old ones are: it speaks to the hub itself, and sends again until it has an answer. */
export interface Wire {
  readonly ledger: Ledger;
  readonly link: Link;
  readonly key: string;
}

/** `none`: no reply, or one that says to try again. */
export type Reached = "taken" | "none";

const REPLY_MS = 20_000;
/** Of a hub that is busy, starting, stopping or without its database. */
const LATER: ReadonlySet<number> = new Set([429, 502, 503, 504]);

export async function upload(wire: Wire, event: FleetEvent): Promise<Reached> {
  const reply = await ask(wire, "POST", "/api/fleet/events", {
    headers: { "Content-Type": "application/json", "Content-Encoding": "zstd" },
    body: Buffer.from(runtimeZstd.compress(encodeEvent(event))),
  });
  if (reply === undefined) return "none";
  const status = reply.json["status"];
  const taken =
    (reply.status === 201 && status === "accepted") || (reply.status === 409 && status === "already_exists");
  if (!taken) wire.ledger.object(`an upload of ${event.id} answered ${reply.status} ${JSON.stringify(reply.json)}`);
  wire.ledger.took(event, event.id);
  return "taken";
}

export async function patch(wire: Wire, answer: Answer): Promise<Reached> {
  const reply = await ask(wire, "PATCH", `/api/fleet/events/${answer.eventId}/outcome`, {
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(patchOf(answer)),
  });
  if (reply === undefined) return "none";
  if (reply.status !== 200) wire.ledger.object(`an outcome of ${answer.eventId} answered ${reply.status}`);
  wire.ledger.tookAnswer(answer);
  return "taken";
}

interface Reply {
  readonly status: number;
  readonly json: Readonly<Record<string, unknown>>;
}

interface Sent {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Buffer<ArrayBuffer>;
}

async function ask({ link, key }: Wire, method: string, path: string, sent: Sent): Promise<Reply | undefined> {
  try {
    const reply = await fetch(link.url + path, {
      ...sent,
      method,
      headers: { ...sent.headers, Authorization: `Bearer ${key}` },
      signal: AbortSignal.timeout(REPLY_MS),
    });
    const text = await reply.text();
    return LATER.has(reply.status) ? undefined : { status: reply.status, json: JSON.parse(text) as Reply["json"] };
  } catch {
    return undefined;
  }
}

/** Once through everything that had no answer; returns how much still has none. */
export async function sendAgain(wire: Wire): Promise<number> {
  const { ledger } = wire;
  await Promise.all(ledger.unsure.map((event) => upload(wire, event)));
  await Promise.all(ledger.unsureAnswers.map((given) => patch(wire, given)));
  return ledger.unsure.length + ledger.unsureAnswers.length;
}
