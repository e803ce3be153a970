import type { ISql } from "postgres";
import { Fault } from "../../base/fault.ts";
import { WIREGUARD_KEY } from "../../base/wireguard.ts";
import { activatePeer, countOn, releasePeer } from "../../db/tunnel.ts";
import { deleteEndedBootstraps, endBootstraps } from "../../db/tunnel-bootstraps.ts";

/** The reply that carries the key must still get through the tunnel that it came by. */
export const BOOTSTRAP_GRACE_MS = 60_000;

export interface Joining {
  readonly rig_id: string;
  readonly enrolment_id: number;
  /** Absent for a machine that comes without a tunnel. */
  readonly public_key?: string | undefined;
}

/**
 * The rig's own key takes the place of the file's; in the transaction that uses the code. Where there is no tunnel,
 * nothing happens. Faults: `schema`, `conflict` when the rig was given no address or the key is another's.
 */
export async function joinTunnel(tx: ISql, { rig_id, enrolment_id, public_key }: Joining, at: Date): Promise<void> {
  if (public_key !== undefined) checkPublicKey(public_key);
  if ((await countOn(tx, at)) === undefined) {
    if (public_key === undefined) return;
    throw noAddress(rig_id);
  }
  await endBootstraps(tx, [enrolment_id], new Date(at.getTime() + BOOTSTRAP_GRACE_MS));
  await deleteEndedBootstraps(tx, new Date(at.getTime() - BOOTSTRAP_GRACE_MS));
  if (public_key !== undefined && !(await activatePeer(tx, rig_id, public_key, at))) throw noAddress(rig_id);
}

/** In the transaction that takes the rig's API key. The address, when it had one. */
export async function leaveTunnel(tx: ISql, rigId: string, at: Date): Promise<string | undefined> {
  return (await countOn(tx, at)) === undefined ? undefined : releasePeer(tx, rigId, at);
}

/** Codes that were withdrawn open no door either. */
export async function closeBootstraps(tx: ISql, enrolmentIds: readonly number[], at: Date): Promise<void> {
  if (enrolmentIds.length === 0 || (await countOn(tx, at)) === undefined) return;
  await endBootstraps(tx, enrolmentIds, at);
}

function checkPublicKey(text: string): void {
  if (WIREGUARD_KEY.test(text)) return;
  throw new Fault("schema", "/public_key is no WireGuard key", "send what wg pubkey prints");
}

function noAddress(rigId: string): Fault {
  return new Fault(
    "conflict",
    `rig ${rigId} has no address in the tunnel, or the key is another's`,
    "enrol it by a file of fleet-hub rig enroll, and let each machine make its own key",
  );
}
