import { Type, type Static } from "typebox";
import { Fault } from "../base/fault.ts";
import { parseJson } from "../base/json.ts";
import { schema } from "../base/schema.ts";
import { RIG_ID_MAX } from "./identity.ts";

/** Of the file, so that it fits a message or a QR code. */
export const ENROL_FILE_MAX = 1024;
/** More would not fit, and no rig needs them. */
export const GATEWAYS_MAX = 3;
const KEY = Type.String({ pattern: "^[A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=$" });
const ADDRESS = Type.String({ pattern: "^\\d{1,3}(?:\\.\\d{1,3}){3}$" });
/** Goes into a file that a program of root reads: one word. */
const ENDPOINT_FORM = "^(?:[A-Za-z0-9.-]{1,253}|\\[[0-9a-fA-F:.]{2,45}\\]):\\d{1,5}$";
const ENDPOINT = Type.String({ pattern: ENDPOINT_FORM });

const EnrolFileJson = Type.Object({
  fleet: Type.Literal(1),
  rig_id: Type.String({ minLength: 1, maxLength: RIG_ID_MAX }),
  code: Type.String({ pattern: "^[0-9A-HJKMNP-TV-Z]{26}$" }),
  expires_at: Type.String({ maxLength: 32 }),
  hub_url: Type.String({ pattern: "^https?://[\\w.:[\\]/-]{1,200}$" }),
  tunnel: Type.Optional(
    Type.Object({
      /** The rig's, for good. */
      address: ADDRESS,
      gateways: Type.Array(Type.Object({ address: ADDRESS, public_key: KEY, endpoint: ENDPOINT }), {
        minItems: 1,
        maxItems: GATEWAYS_MAX,
      }),
      keepalive_s: Type.Integer({ minimum: 0, maximum: 3600 }),
      /** Good for asking to be enrolled, until the code is used or ends. */
      bootstrap: Type.Object({ address: ADDRESS, private_key: KEY }),
    }),
  ),
});
const enrolFileSchema = schema("enrolment file", EnrolFileJson);

/** What the hub writes for one rig, to be carried there: it holds no key that outlives the enrolment. */
export type EnrolFile = Static<typeof EnrolFileJson>;

/** Faults: `config`, `schema`. */
export function readEnrolFile(bytes: Uint8Array): EnrolFile {
  if (bytes.byteLength <= ENROL_FILE_MAX) return enrolFileSchema.parse(jsonOf(bytes));
  throw new Fault("config", `the file has more than ${ENROL_FILE_MAX} bytes`, "give the file of fleet-hub rig enroll");
}

/** One line, so that a cut file is no JSON. Faults: `config` when it would be too long. */
export function enrolFileText(file: EnrolFile): string {
  const text = `${JSON.stringify(file)}\n`;
  if (Buffer.byteLength(text) <= ENROL_FILE_MAX) return text;
  throw new Fault("config", `the file would be over ${ENROL_FILE_MAX} bytes`, "give the gateways shorter endpoints");
}

export function isEndpoint(text: string): boolean {
  return new RegExp(ENDPOINT_FORM).test(text) && Number(text.slice(text.lastIndexOf(":") + 1)) <= 65_535;
}

function jsonOf(bytes: Uint8Array): unknown {
  try {
    return parseJson(bytes);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    throw new Fault("config", "that is no enrolment file", "give the file of fleet-hub rig enroll, whole");
  }
}
