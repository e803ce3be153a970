import { Fault } from "../base/fault.ts";
import { KIB } from "../base/limits.ts";
import type { Visit } from "./hub.ts";

/** 500 selected rows, a note of the longest and an address, percent-encoded. */
const FORM_BODY_MAX = 128 * KIB;
/** Of somebody who is nobody yet: a key of 512 characters and an address of 2,000, percent-encoded. */
export const SIGN_IN_BODY_MAX = 8 * KIB;

/** Faults: `unsupported_media_type`, `too_large`, `timeout`. */
export async function readForm(
  visit: Pick<Visit, "readBody">,
  request: Request,
  maxBytes: number = FORM_BODY_MAX,
): Promise<URLSearchParams> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") {
    throw new Fault("unsupported_media_type", "this takes a form", "send application/x-www-form-urlencoded");
  }
  return new URLSearchParams(new TextDecoder().decode(await visit.readBody(maxBytes)));
}
