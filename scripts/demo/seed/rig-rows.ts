import { sha256 } from "../../../src/base/digest.ts";
import type { Random } from "../../../src/base/random.ts";
import { between, happens, pick, weighted, whole } from "./chance.ts";
import type { RigPlan } from "./fleet-plan.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS, type Calendar } from "./times.ts";

type Row = Readonly<Record<string, unknown>>;

const KEY_BYTES = 32;
const TELLS_QUEUE = "0.1.0";
/** Rigs whose link comes up for a while only. */
const QUEUED_SHARE = 0.08;

/** Nobody has the keys of these rigs: their hashes are of bytes that are thrown away. */
export function rigRow(random: Random, { nowMs }: Calendar, rig: RigPlan): Row & { readonly dropped_events: number } {
  const key = keyColumns(random, nowMs, rig);
  return {
    rig_id: rig.rig_id,
    ...key,
    well_id: rig.wells.at(-1)?.well_id ?? "",
    field: rig.field,
    registered_at: iso(rig.registeredMs),
    last_seen: iso(rig.lastSeenMs),
    status: statusOf(rig, nowMs),
    revoked_at: rig.state === "revoked" ? iso(rig.lastSeenMs + 2 * HOUR_MS) : null,
    revoke_reason:
      rig.state === "revoked" ? pick(random, ["Rig stacked", "Key lost with a laptop", "Contract ended"]) : null,
    spoke_version: rig.spoke_version,
    clock_offset_s: rig.clock_offset_s,
    dropped_events: happens(random, 0.04) ? whole(random, 1, 40) : 0,
    time_zone: rig.time_zone,
    ...queueColumns(random, rig),
  };
}

function statusOf({ state, lastSeenMs }: RigPlan, nowMs: number): string {
  if (state === "revoked") return "revoked";
  return nowMs - lastSeenMs > 48 * HOUR_MS ? "inactive" : "active";
}

function keyColumns(random: Random, nowMs: number, rig: RigPlan): Row {
  const age = weighted(random, { original: 60, rotated: 36, overlapping: 4 });
  const base = { key_hash: keyHashText(random), key_used_at: iso(rig.lastSeenMs) };
  const none = { previous_key_hash: null, previous_key_until: null, previous_key_used_at: null };
  if (age === "original" || rig.state !== "active") return { ...base, key_issued_at: null, ...none };
  const issuedMs = Math.max(rig.registeredMs + HOUR_MS, nowMs - between(random, 4, 300) * DAY_MS);
  if (age === "rotated") return { ...base, key_issued_at: iso(issuedMs), ...none };
  const lately = nowMs - between(random, 1, 40) * HOUR_MS;
  return {
    key_hash: base.key_hash,
    key_used_at: happens(random, 0.5) ? iso(rig.lastSeenMs) : null,
    key_issued_at: iso(lately),
    previous_key_hash: keyHashText(random),
    previous_key_until: iso(lately + 72 * HOUR_MS),
    previous_key_used_at: iso(Math.min(rig.lastSeenMs, lately + 20 * MINUTE_MS)),
  };
}

function keyHashText(random: Random): string {
  return `\\x${Buffer.from(sha256(random.bytes(KEY_BYTES))).toString("hex")}`;
}

function queueColumns(random: Random, rig: RigPlan): Row {
  if (rig.spoke_version !== TELLS_QUEUE) {
    return { queue_events: null, queue_oldest_at: null, queue_worst: null, queue_told_at: null };
  }
  const waits = happens(random, QUEUED_SHARE) ? whole(random, 1, 60) : 0;
  return {
    queue_events: waits,
    queue_oldest_at: waits === 0 ? null : iso(rig.lastSeenMs - between(random, 0.2, 30) * HOUR_MS),
    queue_worst: waits === 0 ? null : weighted(random, { Elevated: 2, High: 1, Critical: 1 }),
    queue_told_at: iso(rig.lastSeenMs),
  };
}

function iso(ms: number): string {
  return new Date(Math.floor(ms / SECOND_MS) * SECOND_MS).toISOString();
}
