import { KEY_LENGTH_MAX, keyHash, newRigKey } from "../base/api-key.ts";
import { assert } from "../base/assert.ts";
import { sameBytes } from "../base/digest.ts";
import { Fault } from "../base/fault.ts";
import { isStorable } from "../base/json.ts";
import { show } from "../base/schema.ts";
import { isTimeZone } from "../base/time-zone.ts";
import { enrol, revoke, rigStanding, type RigStanding } from "../db/rig-keys.ts";
import { lockRigs, rigByKeyHash, rigRow, rigRows, setInactive, touchRig, type RigKeys } from "../db/rigs.ts";
import { PLACE_NAME_MAX } from "../wire/event.ts";
import { checkRigId } from "../wire/identity.ts";
import { RIG_INACTIVE_AFTER_S } from "../wire/protocol.ts";
import { audit } from "./audit.ts";
import type { Actor, HubContext, RigIdentity } from "./context.ts";
import { keyRefusal, noSuchRig, unauthorised } from "./rig-access.ts";
import { rigView, type RigView } from "./rig-view.ts";
import { leaveTunnel } from "./tunnel/peers.ts";

/** Contact of a rig is written at most this often, beside what else is. */
export const TOUCH_EVERY_MS = 60_000;
/** Far above any fleet; a list that would not fit on a page anyway. */
export const RIGS_LISTED_MAX = 10_000;
/** Why a rig was revoked, in a sentence. */
export const REASON_MAX = 500;

export interface RigRegistration {
  readonly rig_id: string;
  readonly well_id: string;
  readonly field: string;
  /** IANA name; UTC when absent. */
  readonly time_zone?: string | undefined;
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
  const identity = { rigId: rig.rig_id, keyHash: hash };
  if (isStale(rig, hash, nowMs)) await touchRig(context.sql, identity, new Date(nowMs));
  return identity;
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
  registration: RigRegistration,
  actor: Actor,
): Promise<{ rig_id: string; api_key: string }> {
  const { rig_id, ...place } = checkRegistration(registration);
  const api_key = newRigKey(context.random);
  const registered_at = new Date(context.clock.now());
  await context.sql.begin(async (tx) => {
    await lockRigs(tx, [rig_id]);
    const before = standing(await rigStanding(tx, rig_id));
    const rig = { rig_id, ...place, key_hash: keyHash(api_key), registered_at };
    if (!(await enrol(tx, rig, { unheard: false }))) throw alreadyRegistered(rig_id);
    const after = { status: "active", ...place };
    await audit({ ...context, sql: tx }, actor, "rig.register", rig_id, { ...before, after });
  });
  return { rig_id, api_key };
}

/**
 * Out at once: when this resolves, no key of the rig opens anything, and gateways are told to let it in no more. Says since when; the first reason stays.
 * Faults: `not_found`, `schema`.
 */
export async function revokeRig(
  context: HubContext,
  rigId: string,
  actor: Actor,
  { reason }: { readonly reason?: string | undefined } = {},
): Promise<{ rig_id: string; revoked_at: string }> {
  const why = checkReason(reason);
  return context.sql.begin(async (tx) => {
    await lockRigs(tx, [rigId]);
    const before = await rigStanding(tx, rigId);
    if (before === undefined) throw noSuchRig(rigId);
    const at = new Date(context.clock.now());
    const now = await revoke(tx, rigId, { at, reason: why });
    if (now === undefined) {
      assert(before.revoked_at !== null, "a revoked rig knows since when");
      return { rig_id: rigId, revoked_at: before.revoked_at.toISOString() };
    }
    const tunnel = await leaveTunnel(tx, rigId, at);
    const detail = tunnel === undefined ? {} : { tunnel };
    const change = { before: { status: before.status }, after: { status: "revoked", reason: why }, detail };
    await audit({ ...context, sql: tx }, actor, "rig.revoke", rigId, change);
    return { rig_id: rigId, revoked_at: now.toISOString() };
  });
}

/** With its time zone. Faults: `schema`. */
export function checkRegistration({ rig_id, well_id, field, time_zone = "UTC" }: RigRegistration) {
  checkRigId(rig_id);
  checkPlace("well_id", well_id);
  checkPlace("field", field);
  if (!isTimeZone(time_zone)) {
    throw new Fault("schema", `/time_zone ${show(time_zone)} is not known`, "give a name like America/Chicago, or UTC");
  }
  return { rig_id, well_id, field, time_zone };
}

function isStale({ status, ...rig }: RigKeys, hash: Uint8Array, nowMs: number): boolean {
  const used = sameBytes(rig.key_hash, hash) ? rig.key_used_at : rig.previous_key_used_at;
  return status === "inactive" || used === null || nowMs - used.getTime() >= TOUCH_EVERY_MS;
}

/** What a rig was before it is enrolled; nothing for a new one. */
function standing(rig: RigStanding | undefined): { before?: Record<string, string> } {
  if (rig === undefined) return {};
  const { status, well_id, field } = rig;
  return { before: { status, well_id, field } };
}

function checkReason(reason = ""): string | null {
  const text = reason.trim();
  if (text.length <= REASON_MAX && isStorable(text)) return text === "" ? null : text;
  throw new Fault("schema", `/reason is over ${REASON_MAX} characters or cannot be stored`, "shorten it");
}

function checkPlace(name: "well_id" | "field", text: string): void {
  if (text.trim() !== "" && text.length <= PLACE_NAME_MAX && isStorable(text)) return;
  throw new Fault("schema", `/${name} is not a name`, `give 1 to ${PLACE_NAME_MAX} characters`);
}

function alreadyRegistered(rigId: string): Fault {
  return new Fault("already_registered", `rig ${rigId} is registered`, "rotate its key, or revoke it first");
}
