import type { TransactionSql } from "postgres";
import { keyHash, newRigKey } from "../base/api-key.ts";
import { readEnrolmentCode } from "../base/enrolment-code.ts";
import { Fault } from "../base/fault.ts";
import { lockEnrolmentByCode, useEnrolment, type EnrolmentRow } from "../db/enrolments.ts";
import { enrol } from "../db/rig-keys.ts";
import { lockRigs } from "../db/rigs.ts";
import { countReuse } from "../db/tunnel-bootstraps.ts";
import { audit } from "./audit.ts";
import type { Actor, HubContext } from "./context.ts";
import { alreadyActive } from "./enrolment.ts";
import { joinTunnel } from "./tunnel/peers.ts";

/** Shown again within it, a used code leaves no further entry: the count tells how often. */
const REUSE_QUIET_MS = 60_000;

export interface CodeShown {
  readonly code: string;
  /** When the machine says who it is, the code must be that rig's. */
  readonly rig_id?: string | undefined;
  /** Its own key for the tunnel, made on it. */
  readonly public_key?: string | undefined;
}

export interface Enrolled {
  readonly rig_id: string;
  readonly well_id: string;
  readonly field: string;
}

/**
 * Enrols the rig of the code; its key is seen this once. Of many that come at once, one is served.
 * Faults: `not_found` for any code that was never given, `gone`, `rig_mismatch`, `already_registered`; with a key for
 * the tunnel also `schema` and `conflict`.
 */
export async function useCode(
  context: HubContext,
  shown: CodeShown,
  from: { readonly address: string; readonly requestId: string },
): Promise<Enrolled & { api_key: string }> {
  const code = readEnrolmentCode(shown.code);
  if (code === undefined) throw noSuchCode();
  const api_key = newRigKey(context.random);
  const actor = { name: "enrolment", ...from };
  const used = await context.sql.begin(async (tx) => {
    const enrolment = await lockEnrolmentByCode(tx, keyHash(code));
    if (enrolment === undefined) throw noSuchCode();
    if (shown.rig_id !== undefined && shown.rig_id !== enrolment.rig_id && enrolment.used_at === null) throw otherRig();
    const keys = { api_key_hash: keyHash(api_key), public_key: shown.public_key };
    return enrolOrTell(context, tx, enrolment, keys, actor);
  });
  if (used instanceof Fault) throw used;
  return { ...used, api_key };
}

/**
 * The rig of the locked code, with these keys; or why not, when that was written down: a used code is told, not thrown,
 * so that its entry is kept. Faults: as `useCode`.
 */
export async function enrolOrTell(
  context: HubContext,
  tx: TransactionSql,
  enrolment: EnrolmentRow,
  keys: { readonly api_key_hash: Uint8Array; readonly public_key: string | undefined },
  actor: Actor,
): Promise<Enrolled | Fault> {
  const at = new Date(context.clock.now());
  const spent = spentBecause(enrolment, at);
  if (spent !== undefined) {
    if (enrolment.used_at !== null) await tellReuse(context, tx, enrolment, actor);
    return spent;
  }
  const { id, rig_id, well_id, field, time_zone } = enrolment;
  await lockRigs(tx, [rig_id]);
  const rig = { rig_id, well_id, field, time_zone, key_hash: keys.api_key_hash, registered_at: at };
  if (!(await enrol(tx, rig, { unheard: true }))) throw alreadyActive(rig_id);
  await useEnrolment(tx, id, { at, from: actor.address });
  await joinTunnel(tx, { rig_id, enrolment_id: id, public_key: keys.public_key }, at);
  const after = { status: "active", well_id, field, time_zone };
  const tunnel = keys.public_key === undefined ? {} : { public_key: keys.public_key };
  await audit({ ...context, sql: tx }, actor, "rig.enrol", rig_id, { after, detail: { enrolment: id, ...tunnel } });
  return { rig_id, well_id, field };
}

async function tellReuse(context: HubContext, tx: TransactionSql, { id, rig_id, used_at }: EnrolmentRow, actor: Actor) {
  const at = new Date(context.clock.now());
  const quietSince = new Date(at.getTime() - REUSE_QUIET_MS);
  if (!(await countReuse(tx, id, { at, quietSince }))) return;
  const detail = { enrolment: id, used_at: used_at?.toISOString() ?? null };
  await audit({ ...context, sql: tx }, actor, "enrolment.reused", rig_id, { detail });
}

function spentBecause({ used_at, cancelled_at, expires_at }: EnrolmentRow, now: Date): Fault | undefined {
  const ask = "ask an admin for a new one";
  if (used_at !== null) return new Fault("gone", `the code was used at ${used_at.toISOString()}`, ask);
  if (cancelled_at !== null) return new Fault("gone", "the code was withdrawn", ask);
  return expires_at <= now ? new Fault("gone", `the code ended at ${expires_at.toISOString()}`, ask) : undefined;
}

export function noSuchCode(): Fault {
  return new Fault("not_found", "no such code was given out", "compare it letter by letter with the admin's page");
}

function otherRig(): Fault {
  return new Fault("rig_mismatch", "the code is for another rig", "leave rig_id out, or ask for a code of this rig");
}
