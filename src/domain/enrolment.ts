import type { TransactionSql } from "postgres";
import { keyHash } from "../base/api-key.ts";
import { newEnrolmentCode, spacedCode } from "../base/enrolment-code.ts";
import { Fault } from "../base/fault.ts";
import {
  cancelEnrolments,
  enrolmentRow,
  enrolmentRows,
  insertEnrolment,
  lockEnrolment,
  lockEnrolments,
  type EnrolmentProgress,
} from "../db/enrolments.ts";
import type { AuditFields } from "../db/audit.ts";
import { rigStanding } from "../db/rig-keys.ts";
import { audit } from "./audit.ts";
import type { Actor, HubContext } from "./context.ts";
import { isoTimes, type IsoTimes } from "./iso-times.ts";
import { checkRegistration, type RigRegistration } from "./rigs.ts";
import { closeBootstraps } from "./tunnel/peers.ts";

const HOUR_MS = 3_600_000;
export const CODE_LIFETIME_MS = 24 * HOUR_MS;

export interface EnrolmentForm {
  /** The code itself; by default one that people can type. */
  readonly code?: string;
  readonly lifetimeMs?: number;
  /** What stands or falls with the code; what it gives goes into the audit. */
  readonly also?: (tx: TransactionSql, enrolment: { id: number; at: Date; endsAt: Date }) => Promise<AuditFields>;
}

/**
 * A code that makes a machine this rig, once and within a day; it is seen this once. The former code of the rig ends.
 * Faults: `schema`, `already_registered` when the rig is active and was heard of.
 */
export async function createEnrolment(
  context: HubContext,
  registration: RigRegistration,
  actor: Actor,
  { code = newEnrolmentCode(context.random), lifetimeMs = CODE_LIFETIME_MS, also }: EnrolmentForm = {},
): Promise<{ id: number; code: string; expires_at: string }> {
  const rig = checkRegistration(registration);
  const created_at = new Date(context.clock.now());
  const expires_at = new Date(created_at.getTime() + lifetimeMs);
  const id = await context.sql.begin(async (tx) => {
    await lockEnrolments(tx, rig.rig_id);
    await refuseActive(tx, rig.rig_id);
    const cancelled = await cancelEnrolments(tx, rig.rig_id, created_at);
    await closeBootstraps(tx, cancelled, created_at);
    const created = await insertEnrolment(tx, {
      ...rig,
      code_hash: keyHash(code),
      created_at,
      created_by: actor.name,
      expires_at,
    });
    const more = (await also?.(tx, { id: created, at: created_at, endsAt: expires_at })) ?? {};
    const { rig_id, ...after } = rig;
    const detail = { enrolment: created, cancelled, expires_at: expires_at.toISOString(), ...more };
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
    const at = new Date(context.clock.now());
    const cancelled = await cancelEnrolments(tx, enrolment.rig_id, at);
    await closeBootstraps(tx, cancelled, at);
    if (!cancelled.includes(id)) return;
    await audit({ ...context, sql: tx }, actor, "enrolment.cancel", enrolment.rig_id, { detail: { enrolment: id } });
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

function noSuchEnrolment(id: number): Fault {
  return new Fault("not_found", `there is no enrolment ${id}`, "the admin's page lists them");
}

export function alreadyActive(rigId: string): Fault {
  return new Fault("already_registered", `rig ${rigId} is enrolled`, "rotate its key, or revoke it first");
}
