import type { TransactionSql } from "postgres";
import { keyHash, newRigKey } from "../base/api-key.ts";
import { newEnrolmentCode, readEnrolmentCode, spacedCode } from "../base/enrolment-code.ts";
import { Fault } from "../base/fault.ts";
import {
  cancelEnrolments,
  enrolmentRow,
  enrolmentRows,
  insertEnrolment,
  lockEnrolment,
  lockEnrolmentByCode,
  lockEnrolments,
  useEnrolment,
  type EnrolmentProgress,
  type EnrolmentRow,
} from "../db/enrolments.ts";
import { enrol, rigStanding } from "../db/rig-keys.ts";
import { lockRigs } from "../db/rigs.ts";
import { audit } from "./audit.ts";
import type { Actor, HubContext } from "./context.ts";
import { isoTimes, type IsoTimes } from "./iso-times.ts";
import { checkRegistration, type RigRegistration } from "./rigs.ts";

const HOUR_MS = 3_600_000;
export const CODE_LIFETIME_MS = 24 * HOUR_MS;

/**
 * A code that makes a machine this rig, once and within a day; it is seen this once. The former code of the rig ends.
 * Faults: `schema`, `already_registered` when the rig is active and was heard of.
 */
export async function createEnrolment(
  context: HubContext,
  registration: RigRegistration,
  actor: Actor,
): Promise<{ id: number; code: string; expires_at: string }> {
  const rig = checkRegistration(registration);
  const code = newEnrolmentCode(context.random);
  const created_at = new Date(context.clock.now());
  const expires_at = new Date(created_at.getTime() + CODE_LIFETIME_MS);
  const id = await context.sql.begin(async (tx) => {
    await lockEnrolments(tx, rig.rig_id);
    await refuseActive(tx, rig.rig_id);
    const cancelled = await cancelEnrolments(tx, rig.rig_id, created_at);
    const created = await insertEnrolment(tx, {
      ...rig,
      code_hash: keyHash(code),
      created_at,
      created_by: actor.name,
      expires_at,
    });
    const { rig_id, ...after } = rig;
    const detail = { enrolment: created, cancelled, expires_at: expires_at.toISOString() };
    await audit({ ...context, sql: tx }, actor, "enrolment.create", rig_id, { after, detail });
    return created;
  });
  return { id, code: spacedCode(code), expires_at: expires_at.toISOString() };
}

/** The code opens nothing any more. Faults: `not_found`, `conflict` when it was used already. */
export async function cancelEnrolment(context: HubContext, id: number, actor: Actor): Promise<void> {
  await context.sql.begin(async (tx) => {
    const enrolment = await lockEnrolment(tx, id);
    if (enrolment === undefined) throw noSuchEnrolment(id);
    if (enrolment.used_at !== null) throw new Fault("conflict", "the code was used", "revoke the rig instead");
    const cancelled = await cancelEnrolments(tx, enrolment.rig_id, new Date(context.clock.now()));
    if (!cancelled.includes(id)) return;
    await audit({ ...context, sql: tx }, actor, "enrolment.cancel", enrolment.rig_id, { detail: { enrolment: id } });
  });
}

export interface CodeShown {
  readonly code: string;
  /** When the machine says who it is, the code must be that rig's. */
  readonly rig_id?: string | undefined;
}

/**
 * Enrols the rig of the code; its key is seen this once. Of many that come at once, one is served.
 * Faults: `not_found` for any code that was never given, `gone`, `rig_mismatch`, `already_registered`.
 */
export async function useCode(
  context: HubContext,
  shown: CodeShown,
  from: { readonly address: string; readonly requestId: string },
): Promise<{ rig_id: string; well_id: string; field: string; api_key: string }> {
  const code = readEnrolmentCode(shown.code);
  if (code === undefined) throw noSuchCode();
  const api_key = newRigKey(context.random);
  const at = new Date(context.clock.now());
  return context.sql.begin(async (tx) => {
    const enrolment = await lockEnrolmentByCode(tx, keyHash(code));
    if (enrolment === undefined) throw noSuchCode();
    refuseSpent(enrolment, at);
    const { id, rig_id, well_id, field, time_zone } = enrolment;
    if (shown.rig_id !== undefined && shown.rig_id !== rig_id) throw otherRig();
    await lockRigs(tx, [rig_id]);
    const rig = { rig_id, well_id, field, time_zone, key_hash: keyHash(api_key), registered_at: at };
    if (!(await enrol(tx, rig, { unheard: true }))) throw alreadyActive(rig_id);
    await useEnrolment(tx, id, { at, from: from.address });
    const after = { status: "active", well_id, field, time_zone };
    const actor = { name: "enrolment", ...from };
    await audit({ ...context, sql: tx }, actor, "rig.enrol", rig_id, { after, detail: { enrolment: id } });
    return { rig_id, well_id, field, api_key };
  });
}

export type EnrolmentState = "waiting" | "expired" | "cancelled" | "used" | "connected" | "synced";

export interface EnrolmentView extends IsoTimes<EnrolmentProgress> {
  readonly state: EnrolmentState;
  /** From the code's use to the rig's first pull of episodes; null until then, and while there are none for it. */
  readonly first_sync_after_s: number | null;
}

/** Faults: `not_found`. */
export async function readEnrolment(context: HubContext, id: number): Promise<EnrolmentView> {
  const row = await enrolmentRow(context.sql, id);
  if (row === undefined) throw noSuchEnrolment(id);
  return enrolmentView(row, context.clock.now());
}

/** The newest first. */
export async function listEnrolments(context: HubContext, limit: number): Promise<EnrolmentView[]> {
  const rows = await enrolmentRows(context.sql, limit);
  return rows.map((row) => enrolmentView(row, context.clock.now()));
}

function enrolmentView(row: EnrolmentProgress, nowMs: number): EnrolmentView {
  const { used_at, first_sync_at } = row;
  const waited = used_at === null || first_sync_at === null ? null : first_sync_at.getTime() - used_at.getTime();
  return {
    ...isoTimes(row),
    state: stateOf(row, nowMs),
    first_sync_after_s: waited === null ? null : Math.round(waited / 1000),
  };
}

function stateOf(row: EnrolmentProgress, nowMs: number): EnrolmentState {
  if (row.first_sync_at !== null || row.synced_at !== null) return "synced";
  if (row.heard_at !== null) return "connected";
  if (row.used_at !== null) return "used";
  if (row.cancelled_at !== null) return "cancelled";
  return row.expires_at.getTime() <= nowMs ? "expired" : "waiting";
}

async function refuseActive(tx: TransactionSql, rigId: string): Promise<void> {
  const rig = await rigStanding(tx, rigId);
  if (rig !== undefined && rig.status !== "revoked" && !rig.unheard) throw alreadyActive(rigId);
}

function refuseSpent({ used_at, cancelled_at, expires_at }: EnrolmentRow, now: Date): void {
  const ask = "ask an admin for a new one";
  if (used_at !== null) throw new Fault("gone", `the code was used at ${used_at.toISOString()}`, ask);
  if (cancelled_at !== null) throw new Fault("gone", "the code was withdrawn", ask);
  if (expires_at <= now) throw new Fault("gone", `the code ended at ${expires_at.toISOString()}`, ask);
}

function noSuchCode(): Fault {
  return new Fault("not_found", "no such code was given out", "compare it letter by letter with the admin's page");
}

function noSuchEnrolment(id: number): Fault {
  return new Fault("not_found", `there is no enrolment ${id}`, "the admin's page lists them");
}

function otherRig(): Fault {
  return new Fault("rig_mismatch", "the code is for another rig", "leave rig_id out, or ask for a code of this rig");
}

function alreadyActive(rigId: string): Fault {
  return new Fault("already_registered", `rig ${rigId} is enrolled`, "rotate its key, or revoke it first");
}
