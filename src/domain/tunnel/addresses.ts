import type { ISql } from "postgres";
import { Fault } from "../../base/fault.ts";
import { candidates, isAmong, PROBES_MAX, readPool, type TunnelPool } from "../../base/tunnel-pool.ts";
import { countOn, peerOf, reserveAddress, reserveAgain } from "../../db/tunnel.ts";
import { insertBootstrap } from "../../db/tunnel-bootstraps.ts";

const DAY_MS = 86_400_000;
/** So long no other rig gets the address of one that left: firewalls and people remember it. */
export const ADDRESS_REST_DAYS = 90;

/** Holds the tunnel until the transaction ends. Faults: `config`, when there is none or of another pool. */
export async function enterTunnel(tx: ISql, poolSetting: string, at: Date): Promise<TunnelPool> {
  const state = await countOn(tx, at);
  if (state === undefined)
    throw new Fault("config", "this fleet has no tunnel", "run fleet-hub wg init, or --no-tunnel");
  if (state.pool === poolSetting) return readPool(poolSetting);
  throw new Fault(
    "config",
    `the pool is set to ${poolSetting}, and the fleet's is ${state.pool}`,
    `set FLEET_WG_POOL to ${state.pool}`,
  );
}

/** The rig's address, for good: by its name, so that it is the same on any hub. The tunnel is held. Faults: `conflict`. */
export async function addressOf(tx: ISql, pool: TunnelPool, rigId: string, at: Date): Promise<string> {
  const known = await peerOf(tx, rigId);
  if (known !== undefined && isAmong(pool.rigs, known.address)) {
    await reserveAgain(tx, rigId, at);
    return known.address;
  }
  const restedSince = new Date(at.getTime() - ADDRESS_REST_DAYS * DAY_MS);
  for (const address of candidates(pool.rigs, rigId)) {
    if (await reserveAddress(tx, { rigId, address }, { at, restedSince })) return address;
  }
  throw full();
}

/** For a machine that is no rig yet. The tunnel is held. Faults: `conflict`. */
export async function bootstrapAddress(
  tx: ISql,
  pool: TunnelPool,
  bootstrap: { readonly enrolment_id: number; readonly public_key: string; readonly ends_at: Date },
  at: Date,
): Promise<string> {
  for (const address of candidates(pool.bootstraps, `${bootstrap.enrolment_id} ${bootstrap.public_key}`)) {
    if (await insertBootstrap(tx, { ...bootstrap, address }, at)) return address;
  }
  throw full();
}

function full(): Fault {
  return new Fault(
    "conflict",
    `no address is free within ${PROBES_MAX} steps`,
    "revoke rigs that are gone, or let codes that are not needed end",
  );
}
