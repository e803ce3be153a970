import { Type, type Static } from "typebox";
import { Fault } from "../base/fault.ts";
import { parseJson } from "../base/json.ts";
import { schema } from "../base/schema.ts";
import { isAmong, readPool } from "../base/tunnel-pool.ts";

const KEY = Type.String({ pattern: "^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$" });
const ADDRESS = Type.String({ pattern: "^\\d{1,3}(?:\\.\\d{1,3}){3}$" });

const TunnelPeersJson = Type.Object({
  fleet: Type.Literal(1),
  pool: Type.String({ maxLength: 18 }),
  /** Which change of the peers it shows. */
  generation: Type.Integer({ minimum: 0 }),
  gateways: Type.Array(
    Type.Object({ name: Type.String(), address: ADDRESS, public_key: KEY, endpoint: Type.String() }),
    { maxItems: 64 },
  ),
  peers: Type.Array(Type.Object({ address: ADDRESS, public_key: KEY }), { maxItems: 100_000 }),
});
const tunnelPeersSchema = schema("peers' file", TunnelPeersJson);

/** From the hub, which may touch no network, to the gateway's service, which reads nothing else of it. */
export type TunnelPeers = Static<typeof TunnelPeersJson>;

/**
 * As the service of root reads it: a hub that was broken into can let rigs in or out, and nothing more.
 * Faults: `config`, `schema`.
 */
export function readTunnelPeers(bytes: Uint8Array): TunnelPeers {
  const file = tunnelPeersSchema.parse(parseJson(bytes));
  const pool = readPool(file.pool);
  const stray = file.peers.find(({ address }) => !isAmong(pool.rigs, address) && !isAmong(pool.bootstraps, address));
  if (stray !== undefined) throw new Fault("config", `${stray.address} is no rig's address in ${file.pool}`);
  const strayGateway = file.gateways.find(({ address }) => !isAmong(pool.hubs, address));
  if (strayGateway !== undefined) throw new Fault("config", `${strayGateway.address} is no gateway's in ${file.pool}`);
  // The same address given to a second peer would move it there, without an error, and the first rig would be cut off.
  for (const field of ["address", "public_key"] as const) {
    const values = [...file.peers, ...file.gateways].map((peer) => peer[field]);
    if (new Set(values).size < values.length) throw new Fault("config", `two peers have one ${field}`);
  }
  return file;
}
