import { constantTimeEqual } from "@oslojs/crypto/subtle";
import { hex } from "../base/digest.ts";
import { Fault } from "../base/fault.ts";
import type { Random } from "../base/random.ts";

/**
 * The session's token as a page carries it, different in each: pages are compressed and repeat what their address says,
 * and the size of such a reply would tell who watches the line how much of a fixed token was guessed.
 */
export function maskedToken(token: string, random: Random): string {
  const plain = Buffer.from(token);
  const mask = random.bytes(plain.byteLength);
  return hex(mask) + hex(plain.map((byte, at) => byte ^ (mask[at] ?? 0)));
}

/** Another site can send the form, but not the token in it. Faults: `forbidden`. */
export function checkToken(form: URLSearchParams, session: { readonly formToken: string }): void {
  const stated = unmasked(form.get("form_token") ?? "");
  if (constantTimeEqual(stated, Buffer.from(session.formToken))) return;
  throw new Fault("forbidden", "the form is not from this session", "load the page again");
}

function unmasked(masked: string): Uint8Array {
  const bytes = Buffer.from(masked, "hex");
  const half = bytes.byteLength / 2;
  return bytes.subarray(0, half).map((byte, at) => byte ^ (bytes[half + at] ?? 0));
}

/** Browsers say where a form comes from; programs need not. Faults: `forbidden`. */
export function checkOrigin(request: Request): void {
  const origin = request.headers.get("origin");
  if (origin === null) return;
  const own = request.headers.get("host") ?? new URL(request.url).host;
  if (URL.canParse(origin) && new URL(origin).host === own) return;
  throw new Fault("forbidden", "the form comes from another site", "open the hub's own page and press there");
}
