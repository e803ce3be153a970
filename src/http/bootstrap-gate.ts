import { Fault } from "../base/fault.ts";
import { isAmong, readPool } from "../base/tunnel-pool.ts";
import type { HubSettings } from "../domain/settings.ts";

/**
 * A machine in the tunnel by a file's key may ask to be enrolled, and nothing else; its address tells, and WireGuard
 * lets it have no other. Only where this hub has a gateway: elsewhere the same address may be anybody's.
 * Faults: `forbidden`.
 */
export function keepToEnrolment(
  { wg_peers_file, wg_pool }: HubSettings,
  address: string,
  { enrols }: { readonly enrols: boolean },
): void {
  if (enrols || wg_peers_file === undefined || !isAmong(readPool(wg_pool).bootstraps, address)) return;
  throw new Fault("forbidden", "this address may enrol and nothing else", "run fleet-spoke enroll with its file");
}
