import { keyHash, newRigKey } from "../base/api-key.ts";
import { Fault } from "../base/fault.ts";
import { dropPreviousKey, replaceKey, rigStanding, type RigStanding } from "../db/rig-keys.ts";
import { lockRigs } from "../db/rigs.ts";
import { audit } from "./audit.ts";
import type { Actor, HubContext } from "./context.ts";
import { isoTimes, type IsoTimes } from "./iso-times.ts";
import { noSuchRig } from "./rig-access.ts";

const HOUR_MS = 3_600_000;

/** Which keys of a rig are good, and which it used last; a former key whose time is over is none. Faults: `not_found`. */
export async function rigKeys({ sql, clock }: HubContext, rigId: string): Promise<IsoTimes<RigStanding>> {
  const standing = await standingOf(sql, rigId);
  const { previous_key_until: until } = standing;
  if (until !== null && until.getTime() > clock.now()) return isoTimes(standing);
  return isoTimes({ ...standing, previous_key_until: null, previous_key_used_at: null });
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
  const issuedAt = new Date(context.clock.now());
  const previousUntil = overlapMs === 0 ? null : new Date(issuedAt.getTime() + overlapMs);
  await context.sql.begin(async (tx) => {
    const before = await lockStanding(tx, rigId);
    if (before.status === "revoked") throw new Fault("rig_revoked", `rig ${rigId} is revoked`, "register it again");
    await replaceKey(tx, rigId, { hash: keyHash(api_key), issuedAt, previousUntil });
    const after = await standingOf(tx, rigId);
    await audit({ ...context, sql: tx }, actor, "rig.rotate_key", rigId, {
      before: keyed(before),
      after: keyed(after),
    });
  });
  return { rig_id: rigId, api_key, previous_key_until: previousUntil?.toISOString() ?? null };
}

/** The key before the last rotation opens nothing from now on. Faults: `not_found`, `conflict` when there is none. */
export async function endOldKey(context: HubContext, rigId: string, actor: Actor): Promise<void> {
  await context.sql.begin(async (tx) => {
    const before = await lockStanding(tx, rigId);
    if (before.previous_key_until === null || before.previous_key_until.getTime() <= context.clock.now()) {
      throw new Fault("conflict", `rig ${rigId} has one key`, "rotate it first");
    }
    await dropPreviousKey(tx, rigId);
    const after = await standingOf(tx, rigId);
    await audit({ ...context, sql: tx }, actor, "rig.end_old_key", rigId, {
      before: keyed(before),
      after: keyed(after),
    });
  });
}

type Tx = Parameters<typeof lockRigs>[0];

async function lockStanding(tx: Tx, rigId: string): Promise<RigStanding> {
  await lockRigs(tx, [rigId]);
  return standingOf(tx, rigId);
}

async function standingOf(sql: Tx, rigId: string): Promise<RigStanding> {
  const standing = await rigStanding(sql, rigId);
  if (standing === undefined) throw noSuchRig(rigId);
  return standing;
}

function keyed(standing: RigStanding): Record<string, string | null> {
  const { key_issued_at, previous_key_until } = isoTimes(standing);
  return { key_issued_at, previous_key_until };
}
