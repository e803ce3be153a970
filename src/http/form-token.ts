import { constantTimeEqual } from "@oslojs/crypto/subtle";
import { Fault } from "../base/fault.ts";

/** Another site can send the form, but not the token in it. Faults: `forbidden`. */
export function checkToken(form: URLSearchParams, session: { readonly formToken: string }): void {
  const encoder = new TextEncoder();
  const stated = encoder.encode(form.get("form_token") ?? "");
  if (constantTimeEqual(stated, encoder.encode(session.formToken))) return;
  throw new Fault("forbidden", "the form is not from this session", "load the page again");
}

/** Browsers say where a form comes from; programs need not. Faults: `forbidden`. */
export function checkOrigin(request: Request): void {
  const origin = request.headers.get("origin");
  if (origin === null) return;
  const own = request.headers.get("host") ?? new URL(request.url).host;
  if (URL.canParse(origin) && new URL(origin).host === own) return;
  throw new Fault("forbidden", "the form comes from another site", "open the hub's own page and press there");
}
