import { LoginPage } from "../../views/login.tsx";
import { Fault } from "../base/fault.ts";
import { KIB } from "../base/limits.ts";
import type { HubContext } from "../domain/context.ts";
import { closeSession, openSession } from "../domain/sessions.ts";
import { readBody } from "./body.ts";
import { html, seeOther } from "./html.ts";
import type { Visit } from "./hub.ts";
import type { LoginLimit } from "./login-limit.ts";
import { endedSessionCookie, readSessionCookie, sessionCookie, sessionOf } from "./session-cookie.ts";

/** A key of 512 characters and an address of 2,000, percent-encoded. */
const FORM_BODY_MAX = 8 * KIB;
const NEXT_MAX = 2000;
const UNAUTHORISED = 401;

export function loginForm(request: Request): Response {
  const next = localPath(new URL(request.url).searchParams.get("next"));
  return html(LoginPage({ next, problem: undefined }));
}

/** A wrong key gets the form again, without saying more than that. Faults: `rate_limited`. */
export async function signIn(
  context: HubContext,
  limit: LoginLimit,
  request: Request,
  { address, requestId }: Visit,
): Promise<Response> {
  const form = await readForm(context, request);
  const next = localPath(form.get("next"));
  limit.admit(address);
  try {
    const session = await openSession(context, form.get("key")?.trim() ?? "", address, requestId);
    limit.succeeded(address);
    return seeOther(next, sessionCookie(request, session.token));
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== "unauthorised") throw error;
    return html(LoginPage({ next, problem: error.sentence }), UNAUTHORISED);
  }
}

/** Another site can send the form, but not the token in it. Faults: `forbidden`. */
export async function signOut(
  context: HubContext,
  request: Request,
  { address, requestId }: Visit,
): Promise<Response> {
  const token = readSessionCookie(request);
  const session = await sessionOf(context, token);
  if (token !== undefined && session !== undefined) {
    const form = await readForm(context, request);
    if (form.get("form_token") !== session.formToken) {
      throw new Fault("forbidden", "the form is not from this session", "load the page again");
    }
    await closeSession(context, token, { address, requestId });
  }
  return seeOther("/login", endedSessionCookie(request));
}

export function loginPath(request: Request): string {
  const { pathname, search } = new URL(request.url);
  return `/login?${new URLSearchParams({ next: localPath(pathname + search) })}`;
}

/** Only a path of this hub: browsers read `//host`, `/\host` and tabs within as another site's address. */
function localPath(path: string | null): string {
  const local = path !== null && path.length <= NEXT_MAX && /^\/(?![/\\])[\x21-\x7e]*$/.test(path);
  return local && !path.startsWith("/login") ? path : "/";
}

async function readForm({ clock }: HubContext, request: Request): Promise<URLSearchParams> {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") {
    throw new Fault("unsupported_media_type", "this takes a form", "send application/x-www-form-urlencoded");
  }
  return new URLSearchParams(new TextDecoder().decode(await readBody(request, FORM_BODY_MAX, clock)));
}
