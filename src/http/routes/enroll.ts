import { Type } from "typebox";
import { isFiledCode } from "../../base/enrolment-code.ts";
import { schema } from "../../base/schema.ts";
import { createEnrolment } from "../../domain/enrolment.ts";
import { useCode } from "../../domain/enrolment-use.ts";
import { createTryLimit } from "../../domain/try-limit.ts";
import { adminActor, requireAdmin } from "../access.ts";
import { readJson } from "../body.ts";
import type { Handler, Hub } from "../hub.ts";
import { json } from "../replies.ts";
import { registrationSchema } from "./rigs.ts";

/** With a day for a code of 40 bits: one guess in some hundred million. */
export const ENROLL_LIMITS = { perAddress: 10, all: 100, windowMs: 15 * 60_000, what: "enrol" } as const;
const CODE_TYPED_MAX = 40;
const RIG_ID_TYPED_MAX = 200;
const PUBLIC_KEY_MAX = 64;

export const EnrollJson = Type.Object({
  code: Type.String({
    maxLength: CODE_TYPED_MAX,
    description:
      "8 characters as the admin's page shows them, or the 26 of a file; case, spaces and dashes do not matter",
  }),
  rig_id: Type.Optional(
    Type.String({ maxLength: RIG_ID_TYPED_MAX, description: "The rig that this machine is; the code must be its" }),
  ),
  public_key: Type.Optional(
    Type.String({ maxLength: PUBLIC_KEY_MAX, description: "The machine's own WireGuard key, when it has an address" }),
  ),
});
const enrollSchema = schema("enrolment", EnrollJson);

/** POST /api/fleet/rigs/enrolments */
export function postEnrolment({ context }: Hub): Handler {
  return async (request, visit) => {
    const { address, requestId } = visit;
    await requireAdmin(context, request);
    const registration = registrationSchema.parse(await readJson(request, visit));
    const { code, expires_at } = await createEnrolment(context, registration, adminActor(address, requestId));
    return json(201, { rig_id: registration.rig_id, code, expires_at });
  };
}

/** POST /api/fleet/enroll: no key yet, so every try counts, but for codes that nobody can guess. */
export function postEnroll({ context, version }: Hub): Handler {
  const limit = createTryLimit(context, ENROLL_LIMITS);
  return async (request, visit) => {
    const { address, requestId } = visit;
    const shown = enrollSchema.parse(await readJson(request, visit));
    const guessable = !isFiledCode(shown.code);
    if (guessable) await limit.admit(address);
    const enrolled = await useCode(context, shown, { address, requestId });
    if (guessable) await limit.succeeded(address);
    return json(201, { ...enrolled, hub: { version } });
  };
}
