import { Type } from "typebox";
import { PLACE_NAME_MAX } from "../../wire/event.ts";
import { RIG_ID } from "../../wire/identity.ts";

/** What a registration must be; the hub checks it piece by piece, so that its reasons name the piece. */
const place = Type.String({ minLength: 1, maxLength: PLACE_NAME_MAX, pattern: "\\S" });
export const RegistrationDocJson = Type.Object({
  rig_id: Type.String({ pattern: RIG_ID.source }),
  well_id: place,
  field: place,
  time_zone: Type.Optional(Type.String({ description: "IANA name, as America/Chicago; UTC without it" })),
});
