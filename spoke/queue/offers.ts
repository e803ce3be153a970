import { sha256 } from "../../src/base/digest.ts";
import { EVENT_JSON_MAX } from "../../src/base/limits.ts";
import { runtimeZstd } from "../../src/base/zstd.ts";
import { offeredDigest, outcomeMark, type OfferedEvent } from "../../src/wire/offer.ts";
import { outcomePatchSchema, patchColumns } from "../../src/wire/outcome.ts";
import { soundEvent, soundOutcome } from "./damage.ts";
import { retryOutcome } from "./outcomes.ts";
import type { Store } from "./store.ts";

/** What can be sent once more, in the order in which it came. */
export interface OfferPage {
  readonly events: readonly OfferedEvent[];
  /** Where the next page begins. */
  readonly upTo: number;
  /** Nothing stands behind it. */
  readonly ended: boolean;
}

/**
 * Events that were sent and what was answered to them, after the place `after`. Never more than half of the room that
 * the queue has: what the hub wants back must not push out what is new.
 */
export function offerPage(store: Store, after: number, limit: number): OfferPage {
  const room = Math.floor((store.limits.maxEvents - store.events.tally().held) / 2);
  const wanted = Math.min(limit, room);
  if (wanted <= 0) return { events: [], upTo: after, ended: false };
  const rows = store.events.sentAfter(after, wanted);
  const events = rows.flatMap(({ id }) => offered(store, id) ?? []);
  return { events, upTo: rows.at(-1)?.seq ?? after, ended: rows.length < wanted };
}

function offered(store: Store, id: string): OfferedEvent | undefined {
  const row = soundEvent(store, id);
  if (row === undefined) return undefined;
  const outcome = sentOutcome(store, id);
  if (row.frame === null) return outcome === undefined ? undefined : { id, outcome };
  const digest = offeredDigest(sha256(runtimeZstd.decompress(row.frame, EVENT_JSON_MAX)));
  return { id, digest, ...(outcome === undefined ? {} : { outcome }) };
}

function sentOutcome(store: Store, id: string): string | undefined {
  const row = soundOutcome(store, id);
  if (row?.state !== "sent") return undefined;
  return outcomeMark(patchColumns(outcomePatchSchema.parse(JSON.parse(row.patch))));
}

/** The hub lacks them: they wait as if they were new. Returns how many events do. */
export function sendAgain(store: Store, ids: readonly string[], outcomeIds: readonly string[]): number {
  return store.write(() => {
    const found = ids.flatMap((id) => soundEvent(store, id) ?? []);
    const again = found.filter(({ state, frame }) => state === "sent" && frame !== null);
    for (const row of again) store.events.replace({ ...row, state: "pending", changed_at: store.clock.now() });
    for (const id of outcomeIds) if (soundOutcome(store, id)?.state === "sent") retryOutcome(store, id);
    return again.length;
  });
}
