import type { ISql } from "postgres";

export interface TunnelState {
  readonly pool: string;
  readonly generation: number;
}

export interface Gateway {
  readonly name: string;
  readonly address: string;
  readonly public_key: string;
  readonly endpoint: string;
}

export type PeerState = "reserved" | "active" | "released";

export interface Peer {
  readonly rig_id: string;
  readonly address: string;
  readonly public_key: string | null;
  readonly state: PeerState;
  readonly changed_at: Date;
}

export async function tunnelState(sql: ISql): Promise<TunnelState | undefined> {
  const [row] = await sql<TunnelState[]>`select pool::text, generation from wg_hub`;
  return row;
}

/** False when there is one already. */
export async function insertTunnel(sql: ISql, { pool, at }: { pool: string; at: Date }): Promise<boolean> {
  const rows = await sql`
    insert into wg_hub (pool, changed_at) values (${pool}, ${at})
    on conflict (only_row) do nothing
    returning only_row`;
  return rows.length === 1;
}

/**
 * For whoever changes peers: one at a time until the transaction ends, and gateways will see that something changed.
 * Undefined where there is no tunnel.
 */
export async function countOn(sql: ISql, at: Date): Promise<TunnelState | undefined> {
  const [row] = await sql<TunnelState[]>`
    update wg_hub set generation = generation + 1, changed_at = ${at}
    returning pool::text, generation`;
  return row;
}

/** By address. */
export async function gateways(sql: ISql): Promise<Gateway[]> {
  return sql<
    Gateway[]
  >`select name, host(address) as address, public_key, endpoint from wg_gateways order by wg_gateways.address`;
}

/** False when the address is another gateway's. */
export async function insertGateway(sql: ISql, gateway: Gateway, at: Date): Promise<boolean> {
  const rows = await sql`
    insert into wg_gateways ${sql({ ...gateway, changed_at: at })}
    on conflict (address) do nothing
    returning name`;
  return rows.length === 1;
}

export async function updateGateway(sql: ISql, { name, public_key, endpoint }: Gateway, at: Date): Promise<void> {
  await sql`
    update wg_gateways set public_key = ${public_key}, endpoint = ${endpoint}, changed_at = ${at} where name = ${name}`;
}

export async function peerOf(sql: ISql, rigId: string): Promise<Peer | undefined> {
  const [row] = await sql<Peer[]>`select ${peerColumns(sql)} from wg_peers where rig_id = ${rigId}`;
  return row;
}

/** By name. */
export async function peerRows(sql: ISql, limit: number): Promise<Peer[]> {
  return sql<Peer[]>`select ${peerColumns(sql)} from wg_peers order by rig_id limit ${limit}`;
}

/**
 * True when the address is the rig's now: it was nobody's, or it has rested since before `restedSince`. The constraint
 * decides, so that no two rigs can be given one address, whoever asks at the same time.
 */
export async function reserveAddress(
  sql: ISql,
  { rigId, address }: { readonly rigId: string; readonly address: string },
  { at, restedSince }: { readonly at: Date; readonly restedSince: Date },
): Promise<boolean> {
  const rows = await sql`
    insert into wg_peers (rig_id, address, state, changed_at) values (${rigId}, ${address}, 'reserved', ${at})
    on conflict (address) do update set
      rig_id = excluded.rig_id, state = 'reserved', public_key = null, released_at = null, changed_at = excluded.changed_at
    where wg_peers.state <> 'active' and wg_peers.changed_at < ${restedSince}
    returning rig_id`;
  return rows.length === 1;
}

/** A released address is its former rig's again; a peer that works stays as it is. */
export async function reserveAgain(sql: ISql, rigId: string, at: Date): Promise<void> {
  await sql`
    update wg_peers set state = 'reserved', released_at = null, changed_at = ${at}
    where rig_id = ${rigId} and state = 'released'`;
}

/** False when the rig has no address, or the key is another rig's: that would move the other's traffic. */
export async function activatePeer(sql: ISql, rigId: string, publicKey: string, at: Date): Promise<boolean> {
  const rows = await sql`
    update wg_peers set public_key = ${publicKey}, state = 'active', released_at = null, changed_at = ${at}
    where rig_id = ${rigId}
      and not exists (select from wg_peers other where other.public_key = ${publicKey} and other.rig_id <> ${rigId})
      and not exists (select from wg_bootstraps where wg_bootstraps.public_key = ${publicKey})
      and not exists (select from wg_gateways where wg_gateways.public_key = ${publicKey})
    returning rig_id`;
  return rows.length === 1;
}

/** Its address; undefined when there was nothing to release. */
export async function releasePeer(sql: ISql, rigId: string, at: Date): Promise<string | undefined> {
  const [row] = await sql<{ address: string }[]>`
    update wg_peers set public_key = null, state = 'released', released_at = ${at}, changed_at = ${at}
    where rig_id = ${rigId} and state <> 'released'
    returning host(address) as address`;
  return row?.address;
}

/** Figures for Prometheus. */
export async function peerCounts(sql: ISql, at: Date): Promise<{ state: PeerState | "bootstrap"; peers: number }[]> {
  return sql<{ state: PeerState | "bootstrap"; peers: number }[]>`
    select state, count(*) as peers from wg_peers group by state
    union all
    select 'bootstrap', count(*) from wg_bootstraps where ends_at > ${at}`;
}

export interface PublishedPeer {
  readonly address: string;
  readonly public_key: string;
}

/** What gateways let in now, by address. */
export async function publishedPeers(sql: ISql, at: Date): Promise<PublishedPeer[]> {
  return sql<PublishedPeer[]>`
    select host(address) as address, public_key from (
      select address, public_key from wg_peers where state = 'active'
      union all
      select address, public_key from wg_bootstraps where ends_at > ${at}
    ) as peers
    order by peers.address`;
}

function peerColumns(sql: ISql) {
  return sql`rig_id, host(address) as address, public_key, state, changed_at`;
}
