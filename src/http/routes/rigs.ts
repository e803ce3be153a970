import { Type } from "typebox";
import { schema } from "../../base/schema.ts";
import { rotateRigKey } from "../../domain/rig-keys.ts";
import { getRig, listRigs, REASON_MAX, registerRig, revokeRig } from "../../domain/rigs.ts";
import { adminActor, requireAdmin, requireReader } from "../access.ts";
import { readJson, readOptionalJson } from "../body.ts";
import type { Handler, Hub } from "../hub.ts";
import { json } from "../replies.ts";

const RegistrationJson = Type.Object({
  rig_id: Type.String(),
  well_id: Type.String(),
  field: Type.String(),
  time_zone: Type.Optional(Type.String({ description: "IANA name, as America/Chicago; UTC without it" })),
});
export const registrationSchema = schema("registration", RegistrationJson);

/** A revocation needs no body. */
export const RevocationJson = Type.Object({
  reason: Type.Optional(Type.String({ maxLength: REASON_MAX, description: "Kept with the rig and in the audit" })),
});
const revocationSchema = schema("revocation", RevocationJson);

/** GET /api/fleet/rigs */
export function getRigs({ context }: Hub): Handler {
  return async (request) => {
    await requireReader(context, request);
    return json(200, { rigs: await listRigs(context) });
  };
}

/** GET /api/fleet/rigs/{id} */
export function getOneRig({ context }: Hub): Handler {
  return async (request, _visit, { id = "" }) => {
    await requireReader(context, request);
    return json(200, await getRig(context, id));
  };
}

/** POST /api/fleet/rigs/register */
export function postRegister({ context }: Hub): Handler {
  return async (request, visit) => {
    const { address, requestId } = visit;
    await requireAdmin(context, request);
    const registration = registrationSchema.parse(await readJson(request, visit));
    return json(201, await registerRig(context, registration, adminActor(address, requestId)));
  };
}

/** POST /api/fleet/rigs/{id}/revoke */
export function postRevoke({ context }: Hub): Handler {
  return async (request, visit, { id = "" }) => {
    const { address, requestId } = visit;
    await requireAdmin(context, request);
    const stated = await readOptionalJson(request, visit);
    const { reason } = revocationSchema.parse(stated === undefined ? {} : stated);
    const revoked = await revokeRig(context, id, adminActor(address, requestId), { reason });
    return json(200, { ...revoked, status: "revoked" });
  };
}

/** POST /api/fleet/rigs/{id}/rotate-key */
export function postRotate({ context }: Hub): Handler {
  return async (request, { address, requestId }, { id = "" }) => {
    await requireAdmin(context, request);
    return json(200, await rotateRigKey(context, id, adminActor(address, requestId)));
  };
}
