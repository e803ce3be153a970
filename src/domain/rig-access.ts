import { Fault } from "../base/fault.ts";
import { sameBytes } from "../base/digest.ts";
import type { ISql } from "postgres";
import { lockRigs, type RigKeys } from "../db/rigs.ts";
import type { RigIdentity } from "./context.ts";

/** Why the key opens nothing now; undefined when it is good. A rig that is not there and a wrong key look alike. */
export function keyRefusal(rig: RigKeys | undefined, keyHash: Uint8Array, nowMs: number): Fault | undefined {
  if (rig === undefined || !isKey(rig, keyHash, nowMs)) return unauthorised();
  if (rig.status !== "revoked") return undefined;
  return new Fault("rig_revoked", `rig ${rig.rig_id} is revoked`, "ask an admin to enrol it again");
}

/** Locks the rig for the rest of the transaction and checks its key as it is now. */
export async function enterAsRig(tx: ISql, rig: RigIdentity, nowMs: number): Promise<void> {
  const [keys] = await lockRigs(tx, [rig.rigId]);
  const refusal = keyRefusal(keys, rig.keyHash, nowMs);
  if (refusal !== undefined) throw refusal;
}

export function unauthorised(): Fault {
  return new Fault("unauthorised", "the key is missing or wrong", "send Authorization: Bearer with the rig's key");
}

export function noSuchRig(rigId: string): Fault {
  return new Fault("not_found", `there is no rig ${rigId}`, "list the rigs to see their names");
}

function isKey(rig: RigKeys, hash: Uint8Array, nowMs: number): boolean {
  if (sameBytes(rig.key_hash, hash)) return true;
  const { previous_key_hash: previous, previous_key_until: until } = rig;
  return previous !== null && until !== null && until.getTime() > nowMs && sameBytes(previous, hash);
}
