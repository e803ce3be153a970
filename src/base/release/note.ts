import { Fault } from "../fault.ts";

/** How a release travels: as it runs, compressed, or as what differs from the release before. */
export const RELEASE_FORMS = ["plain", "zst", "patch"] as const;
export type ReleaseForm = (typeof RELEASE_FORMS)[number];

/** What a release says of itself, in the part of its signature that is signed. */
export interface ReleaseNote {
  /** `fleet-hub` or `fleet-spoke`. */
  readonly product: string;
  readonly version: string;
  /** As the runtime names it: x64, arm64. */
  readonly arch: string;
  readonly form: ReleaseForm;
  /** The version that a patch starts from. */
  readonly from?: string;
  /** SHA-256 of the executable that comes out, in hex. */
  readonly executable: string;
  /** Its length. */
  readonly bytes: number;
}

export const VERSION_PATTERN = /^\d{1,5}\.\d{1,5}\.\d{1,5}(?:-[0-9A-Za-z.]{1,20})?$/;
/** No executable of ours comes near; what a signature states is still bounded. */
export const EXECUTABLE_MAX = 512 * 1024 * 1024;

const ORDER = ["product", "version", "arch", "form", "from", "executable", "bytes"] as const;

export function formatNote(note: ReleaseNote): string {
  return ORDER.flatMap((key) => (note[key] === undefined ? [] : [`${key}:${note[key]}`])).join("\t");
}

/** Faults: `invalid_encoding`, when the comment is none of ours. */
export function readNote(comment: string): ReleaseNote {
  const fields = new Map(comment.split("\t").map((field) => splitOnce(field)));
  const of = (key: (typeof ORDER)[number], pattern: RegExp): string => {
    const value = fields.get(key);
    if (value !== undefined && pattern.test(value)) return value;
    throw new Fault("invalid_encoding", `the signature tells no ${key} of a release`, "is this a file of a release?");
  };
  const form = RELEASE_FORMS.find((known) => known === fields.get("form")) ?? of("form", /^$/);
  const note = {
    product: of("product", /^fleet-(?:hub|spoke)$/),
    version: of("version", VERSION_PATTERN),
    arch: of("arch", /^(?:x64|arm64)$/),
    form: form as ReleaseForm,
    ...(form === "patch" ? { from: of("from", VERSION_PATTERN) } : {}),
    executable: of("executable", /^[0-9a-f]{64}$/),
    bytes: Number(of("bytes", /^[1-9]\d{0,9}$/)),
  };
  if (note.bytes > EXECUTABLE_MAX) throw new Fault("too_large", `the executable would be ${note.bytes} bytes`);
  return note;
}

function splitOnce(field: string): [string, string] {
  const at = field.indexOf(":");
  return at === -1 ? [field, ""] : [field.slice(0, at), field.slice(at + 1)];
}

/** `fleet-spoke-0.2.0-linux-arm64.zst`, `fleet-spoke-0.1.0-to-0.2.0-linux-arm64.patch`. */
export function releaseName({ product, version, arch, form, from }: Omit<ReleaseNote, "executable" | "bytes">): string {
  const versions = form === "patch" ? `${from}-to-${version}` : version;
  return `${product}-${versions}-linux-${arch}${form === "plain" ? "" : `.${form}`}`;
}
