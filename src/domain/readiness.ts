import { isOutage } from "../db/errors.ts";
import { reachable } from "../db/health.ts";
import type { HubContext } from "./context.ts";

/** A balancer asks every half second: an answer that takes longer than this comes too late. */
const READY_DEADLINE_MS = 1000;

/** Who has not asked for so long does not balance this hub. */
const ASKED_MS = 30_000;

/** What a hub knows of itself beside its database. */
export interface Readiness {
  /** Why it takes no requests; null when it does. */
  reason: string | null;
  /** When a balancer asked last, by the monotonic clock. */
  askedAtMs: number | undefined;
}

export function newReadiness(): Readiness {
  return { reason: null, askedAtMs: undefined };
}

/** Whether somebody watches who has to hear of a stop before it comes. */
export function isBalanced({ clock }: HubContext, { askedAtMs }: Readiness): boolean {
  return askedAtMs !== undefined && clock.monotonic() - askedAtMs < ASKED_MS;
}

/** Why requests should go to another hub; null when this one serves. Never rejects. */
export async function whyNotReady({ sql, clock }: HubContext, readiness: Readiness): Promise<string | null> {
  readiness.askedAtMs = clock.monotonic();
  if (readiness.reason !== null) return readiness.reason;
  const settled = new AbortController();
  const late = clock
    .sleep(READY_DEADLINE_MS, settled.signal)
    .then(() => `the database did not answer within ${READY_DEADLINE_MS} ms`);
  try {
    return await Promise.race([reachable(sql).then(() => null), late]);
  } catch (error) {
    return isOutage(error) ? "the database cannot be reached" : "the database refuses the hub's query";
  } finally {
    settled.abort();
  }
}
