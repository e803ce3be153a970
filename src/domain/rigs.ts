import { KEY_LENGTH_MAX, keyHash, newRigKey } from "../base/api-key.ts";
import { Fault } from "../base/fault.ts";
import { isStorable } from "../base/json.ts";
import { enrol, replaceKey, revoke } from "../db/enrolment.ts";
import { lockRigs, rigByKeyHash, rigRow, rigRows, setInactive, touchRig, type RigKeys } from "../db/rigs.ts";
import { PLACE_NAME_MAX } from "../wire/event.ts";
import { checkRigId } from "../wire/identity.ts";
import { RIG_INACTIVE_AFTER_S } from "../wire/protocol.ts";
import { audit } from "./audit.ts";
import type { Actor, HubContext, RigIdentity } from "./context.ts";
import { keyRefusal, noSuchRig, unauthorised } from "./rig-access.ts";
import { rigView, type RigView } from "./rig-view.ts";

/** A rig that only polls writes its row at most this often. */
const TOUCH_EVERY_MS = 60_000;
/** Far above any fleet; a list that would not fit on a page anyway. */
export const RIGS_LISTED_MAX = 10_000;
const HOUR_MS = 3_600_000;

export interface RigRegistration {
  readonly rig_id: string;
  readonly well_id: string;
  readonly field: string;
}

/**
 * Whose key it is: one look by the key's hash, whatever the key. Counts as being seen.
 * Faults: `unauthorised`, `rig_revoked`.
 */
export async function authenticateRig(context: HubContext, key: string | undefined): Promise<RigIdentity> {
  if (key === undefined || key.length > KEY_LENGTH_MAX) throw unauthorised();
  const nowMs = context.clock.now();
  const hash = keyHash(key);
  const rig = await rigByKeyHash(context.sql, hash);
  const refusal = keyRefusal(rig, hash, nowMs);
  if (refusal !== undefined) throw refusal;
  if (rig === undefined) throw unauthorised();
  if (isStale(rig, nowMs)) await touchRig(context.sql, rig.rig_id, new Date(nowMs));
  return { rigId: rig.rig_id, keyHash: hash };
}

/** By name. */
export async function listRigs({ sql }: HubContext): Promise<RigView[]> {
  return (await rigRows(sql, RIGS_LISTED_MAX)).map(rigView);
}

/** Faults: `not_found`. */
export async function getRig({ sql }: HubContext, rigId: string): Promise<RigView> {
  const row = await rigRow(sql, rigId);
  if (row === undefined) throw noSuchRig(rigId);
  return rigView(row);
}

/** Rigs not heard of for 48 hours become inactive until they are; returns their names. */
export async function markInactiveRigs({ sql, clock }: HubContext): Promise<string[]> {
  return setInactive(sql, new Date(clock.now() - RIG_INACTIVE_AFTER_S * 1000));
}

/**
 * Enrols a rig and gives its key, the only time that it is seen. A revoked rig comes back with the new key alone.
 * Faults: `schema`, `already_registered`.
 */
export async function registerRig(
  context: HubContext,
  { rig_id, well_id, field }: RigRegistration,
  actor: Actor,
): Promise<{ rig_id: string; api_key: string }> {
  checkRigId(rig_id);
  checkPlace("well_id", well_id);
  checkPlace("field", field);
  const api_key = newRigKey(context.random);
  const registered_at = new Date(context.clock.now());
  await context.sql.begin(async (tx) => {
    const enrolled = await enrol(tx, { rig_id, well_id, field, key_hash: keyHash(api_key), registered_at });
    if (!enrolled) throw alreadyRegistered(rig_id);
    await audit({ ...context, sql: tx }, actor, "rig.register", rig_id, { after: { well_id, field } });
  });
  return { rig_id, api_key };
}

/**
 * A new key; the one before it stays good for the hours of the settings, so that nobody has to hurry to the rig, and
 * one older still ends at once. Faults: `not_found`, `rig_revoked`.
 */
export async function rotateRigKey(
  context: HubContext,
  rigId: string,
  actor: Actor,
): Promise<{ rig_id: string; api_key: string; previous_key_until: string | null }> {
  const api_key = newRigKey(context.random);
  const overlapMs = context.settings.key_overlap_hours * HOUR_MS;
  const previousUntil = overlapMs === 0 ? null : new Date(context.clock.now() + overlapMs);
  const previous_key_until = previousUntil?.toISOString() ?? null;
  await context.sql.begin(async (tx) => {
    const [rig] = await lockRigs(tx, [rigId]);
    if (rig === undefined) throw noSuchRig(rigId);
    if (rig.status === "revoked") throw new Fault("rig_revoked", `rig ${rigId} is revoked`, "register it again");
    await replaceKey(tx, rigId, { hash: keyHash(api_key), previousUntil });
    await audit({ ...context, sql: tx }, actor, "rig.rotate_key", rigId, { detail: { previous_key_until } });
  });
  return { rig_id: rigId, api_key, previous_key_until };
}

/** Out at once: when this resolves, no key of the rig opens anything. Says since when. Faults: `not_found`. */
export async function revokeRig(
  context: HubContext,
  rigId: string,
  actor: Actor,
): Promise<{ rig_id: string; revoked_at: string }> {
  return context.sql.begin(async (tx) => {
    const now = await revoke(tx, rigId, new Date(context.clock.now()));
    if (now !== undefined) await audit({ ...context, sql: tx }, actor, "rig.revoke", rigId);
    const since = now ?? (await rigRow(tx, rigId))?.revoked_at;
    if (since === undefined || since === null) throw noSuchRig(rigId);
    return { rig_id: rigId, revoked_at: since.toISOString() };
  });
}

function isStale({ status, last_seen: seen }: RigKeys, nowMs: number): boolean {
  return status === "inactive" || seen === null || nowMs - seen.getTime() >= TOUCH_EVERY_MS;
}

function checkPlace(name: "well_id" | "field", text: string): void {
  if (text.trim() !== "" && text.length <= PLACE_NAME_MAX && isStorable(text)) return;
  throw new Fault("schema", `/${name} is not a name`, `give 1 to ${PLACE_NAME_MAX} characters`);
}

function alreadyRegistered(rigId: string): Fault {
  return new Fault("already_registered", `rig ${rigId} is registered`, "rotate its key, or revoke it first");
}
