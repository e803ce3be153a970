import { MINIMAL_EVENT } from "../../support/minimal-event.ts";

/** What a sender was told, and how long it took. */
export interface Heard {
  /** Of the replies, by status; `0` where none came. */
  readonly statuses: Record<string, number>;
  /** Of what was taken, ms. */
  readonly tookMs: number[];
  /** Ids of what was taken. */
  readonly taken: string[];
  /** Refusals that did not say when to come back. */
  unsaid: number;
}

export function newHeard(): Heard {
  return { statuses: {}, tookMs: [], taken: [], unsaid: 0 };
}

export interface Target {
  readonly url: string;
  readonly rigs: readonly { readonly id: string; readonly key: string }[];
}

let made = 0;

/** An event of that rig that nobody has sent; `base` keeps the numbers of two senders apart. */
export function newEvent(rig: string, base: number): { id: string; body: string } {
  const timestamp = base + ++made;
  const id = `${rig}-${timestamp}`;
  return { id, body: JSON.stringify({ ...MINIMAL_EVENT, id, rig_id: rig, timestamp }) };
}

/** One upload; seconds to wait when it is refused for now. */
export async function upload(
  { url }: Target,
  rig: Target["rigs"][number],
  event: { id: string; body: string },
  heard: Heard,
): Promise<{ status: number; waitS: number }> {
  const headers = { Authorization: `Bearer ${rig.key}`, "Content-Type": "application/json" };
  const began = performance.now();
  try {
    const sent = { method: "POST", headers, body: event.body, signal: AbortSignal.timeout(30_000) };
    const reply = await fetch(`${url}/api/fleet/events`, sent);
    await reply.arrayBuffer();
    note(heard, reply.status);
    if (reply.status === 201) {
      heard.tookMs.push(performance.now() - began);
      heard.taken.push(event.id);
    }
    const waitS = Number(reply.headers.get("retry-after") ?? 0);
    if ((reply.status === 429 || reply.status === 503) && !(waitS > 0)) heard.unsaid++;
    return { status: reply.status, waitS };
  } catch {
    note(heard, 0);
    return { status: 0, waitS: 1 };
  }
}

export function note(heard: Heard, status: number): void {
  heard.statuses[status] = (heard.statuses[status] ?? 0) + 1;
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((left, right) => left - right);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
