import { newFiledCode } from "../../base/enrolment-code.ts";
import { Fault } from "../../base/fault.ts";
import { newWireguardKeys } from "../../base/wireguard.ts";
import { gateways, type Gateway } from "../../db/tunnel.ts";
import type { EnrolFile } from "../../wire/enrol-file.ts";
import type { Actor, HubContext } from "../context.ts";
import { createEnrolment } from "../enrolment.ts";
import type { RigRegistration } from "../rigs.ts";
import { addressOf, bootstrapAddress, enterTunnel } from "./addresses.ts";

export const FILE_LIFETIME_S_MAX = 30 * 86_400;

export interface EnrolFileForm {
  readonly lifetimeMs: number;
  /** Where rigs without the tunnel reach the hub; undefined: they come by the tunnel. */
  readonly hubUrl: string | undefined;
  readonly hubPort: number;
  readonly keepaliveS: number;
}

/**
 * All that a machine needs to become this rig, once: a code, an address, a peer that may enrol and nothing else. The
 * rig's own keys are made on the rig. Faults: as `createEnrolment`, `config` without a tunnel, `conflict` when it is full.
 */
export async function createEnrolFile(
  context: HubContext,
  registration: RigRegistration,
  { lifetimeMs, hubUrl, hubPort, keepaliveS }: EnrolFileForm,
  actor: Actor,
): Promise<EnrolFile> {
  const code = newFiledCode(context.random);
  const made: { tunnel?: Omit<NonNullable<EnrolFile["tunnel"]>, "gateways" | "keepalive_s">; gateways: Gateway[] } = {
    gateways: [],
  };
  const { expires_at } = await createEnrolment(context, registration, actor, {
    code,
    lifetimeMs,
    also: async (tx, { id, at, endsAt }) => {
      if (hubUrl !== undefined) return {};
      const pool = await enterTunnel(tx, context.settings.wg_pool, at);
      const keys = newWireguardKeys();
      const bootstrap = { enrolment_id: id, public_key: keys.public_key, ends_at: endsAt };
      const address = await addressOf(tx, pool, registration.rig_id, at);
      made.tunnel = {
        address,
        bootstrap: { address: await bootstrapAddress(tx, pool, bootstrap, at), private_key: keys.private_key },
      };
      made.gateways = await gateways(tx);
      return { tunnel: address };
    },
  });
  const head = { fleet: 1 as const, rig_id: registration.rig_id, code, expires_at };
  if (made.tunnel === undefined) return { ...head, hub_url: hubUrl ?? "" };
  const [first] = made.gateways;
  if (first === undefined) throw new Fault("config", "the tunnel has no gateway", "run fleet-hub wg init on one");
  const tunnel = { ...made.tunnel, gateways: made.gateways.map(withoutName), keepalive_s: keepaliveS };
  return { ...head, hub_url: `http://${first.address}:${hubPort}`, tunnel };
}

function withoutName({ address, public_key, endpoint }: Gateway): Omit<Gateway, "name"> {
  return { address, public_key, endpoint };
}
