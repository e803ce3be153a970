import { sameBytes, sha256 } from "../base/digest.ts";
import { Fault } from "../base/fault.ts";
import { isRecord } from "../base/json.ts";
import { storedBody, type StoredBody } from "../db/events.ts";
import { eventOutcome } from "../wire/outcome.ts";
import type { HubContext } from "./context.ts";

/**
 * The event as it was uploaded, byte by byte, until an outcome was recorded: then the same JSON value with `outcome`
 * and `notes` as they are now. The stored bytes never change. Faults: `corrupt` when they are not what was acknowledged.
 */
export async function readEvent(
  { sql, zstd }: HubContext,
  id: string,
): Promise<{ rigId: string; json: Uint8Array } | undefined> {
  const stored = await storedBody(sql, id);
  if (stored === undefined) return undefined;
  const bytes = zstd.decompress(stored.frame, stored.body_bytes);
  if (!sameBytes(sha256(bytes), stored.digest)) {
    throw new Fault("corrupt", "the stored event is damaged", "restore it from a backup");
  }
  return { rigId: stored.rig_id, json: stored.outcome_recorded ? withOutcome(bytes, stored) : bytes };
}

function withOutcome(bytes: Uint8Array, stored: StoredBody): Uint8Array {
  const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
  const event = isRecord(value) ? value : {};
  const now = { ...event, outcome: eventOutcome(stored), notes: stored.notes };
  return new TextEncoder().encode(JSON.stringify(now));
}
