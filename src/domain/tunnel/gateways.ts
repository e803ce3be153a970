import type { ISql } from "postgres";
import { Fault } from "../../base/fault.ts";
import { overlap, networkText, type Route } from "../../base/ipv4.ts";
import { show } from "../../base/schema.ts";
import { hubCandidates, readPool, type TunnelPool } from "../../base/tunnel-pool.ts";
import { gateways, insertGateway, insertTunnel, updateGateway, type Gateway } from "../../db/tunnel.ts";
import { GATEWAYS_MAX, isEndpoint } from "../../wire/enrol-file.ts";
import { audit } from "../audit.ts";
import type { Actor, HubContext } from "../context.ts";
import { enterTunnel } from "./addresses.ts";

export interface GatewayForm {
  /** Which machine: the host's name. */
  readonly name: string;
  /** As rigs reach it from outside. */
  readonly endpoint: string;
  readonly public_key: string;
}

/** Faults: `config`, when a network of this machine would be hidden by the pool. */
export function checkRoutes(pool: TunnelPool, routes: readonly Route[], ownDevice: string): void {
  const hidden = routes.find(({ device, network }) => device !== ownDevice && overlap(network, pool.all));
  if (hidden === undefined) return;
  throw new Fault(
    "config",
    `the tunnel's pool ${networkText(pool.all)} overlaps ${networkText(hidden.network)}, which ${hidden.device} leads to`,
    "set FLEET_WG_POOL to a network that is used nowhere, on the hub and on rigs",
  );
}

/** Makes the tunnel when there is none, and this machine a gateway of it. Says what it did. Faults: `schema`, `conflict`. */
export async function setGateway(
  context: HubContext,
  form: GatewayForm,
  actor: Actor,
): Promise<{ gateway: Gateway; result: "made" | "changed" | "unchanged" }> {
  if (!isEndpoint(form.endpoint)) {
    throw new Fault(
      "schema",
      `${show(form.endpoint)} is no endpoint`,
      "write a name or address and a port: hub.example:51820",
    );
  }
  const { wg_pool } = context.settings;
  const at = new Date(context.clock.now());
  readPool(wg_pool);
  return context.sql.begin(async (tx) => {
    const auditing = { ...context, sql: tx };
    if (await insertTunnel(tx, { pool: wg_pool, at })) {
      await audit(auditing, actor, "tunnel.begin", null, { after: { pool: wg_pool } });
    }
    const known = (await gateways(tx)).find(({ name }) => name === form.name);
    if (known !== undefined && same(known, form)) return { gateway: known, result: "unchanged" as const };
    const pool = await enterTunnel(tx, wg_pool, at);
    const gateway = known === undefined ? await newGateway(tx, pool, form, at) : { ...known, ...form };
    if (known !== undefined) await updateGateway(tx, gateway, at);
    const before = known === undefined ? {} : { before: { ...known } };
    await audit(auditing, actor, "tunnel.gateway", form.name, { ...before, after: { ...gateway } });
    return { gateway, result: known === undefined ? ("made" as const) : ("changed" as const) };
  });
}

async function newGateway(tx: ISql, pool: TunnelPool, form: GatewayForm, at: Date): Promise<Gateway> {
  if ((await gateways(tx)).length >= GATEWAYS_MAX) {
    throw new Fault("conflict", `there are ${GATEWAYS_MAX} gateways`, "let machines share one's name and key");
  }
  for (const address of hubCandidates(pool)) {
    const gateway = { ...form, address };
    if (await insertGateway(tx, gateway, at)) return gateway;
  }
  throw new Fault("conflict", "no address for a gateway is left", "take a larger pool");
}

function same(gateway: Gateway, form: GatewayForm): boolean {
  return gateway.endpoint === form.endpoint && gateway.public_key === form.public_key;
}
