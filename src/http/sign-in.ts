import { LoginPage, type LoginProps } from "../../views/login/login.tsx";
import type { Assets } from "../../views/frame/model.ts";
import { Fault } from "../base/fault.ts";
import type { HubContext } from "../domain/context.ts";
import { closeSession, openSession } from "../domain/sessions.ts";
import { readForm, SIGN_IN_BODY_MAX } from "./form.ts";
import { checkOrigin, checkToken } from "./form-token.ts";
import { html, seeOther } from "./html.ts";
import type { Visit } from "./hub.ts";
import { localPath } from "./local-path.ts";
import type { LoginLimit } from "./login-limit.ts";
import { endedSessionCookie, readSessionCookie, sessionCookie, sessionOf } from "./session-cookie.ts";

const UNAUTHORISED = 401;
const TOO_MANY = 429;

export function loginForm(request: Request, assets: Assets): Response {
  const next = localPath(new URL(request.url).searchParams.get("next"));
  return html(LoginPage({ next, problem: undefined, assets }));
}

export interface SignIn {
  readonly context: HubContext;
  readonly limit: LoginLimit;
  readonly assets: Assets;
}

/** A wrong key gets the form again, without saying more than that; too many get it with the time to wait. */
export async function signIn({ context, limit, assets }: SignIn, request: Request, visit: Visit): Promise<Response> {
  const { address, requestId } = visit;
  checkOrigin(request);
  const form = await readForm(visit, request, SIGN_IN_BODY_MAX);
  const next = localPath(form.get("next"));
  try {
    await limit.admit(address);
    const session = await openSession(context, form.get("key")?.trim() ?? "", address, requestId);
    await limit.succeeded(address);
    return seeOther(next, sessionCookie(request, session.token));
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    if (error.code === "rate_limited") return lockedOut(error, { next, assets });
    if (error.code !== "unauthorised") throw error;
    return html(LoginPage({ next, problem: `Sign-in failed: ${error.message}.`, assets }), UNAUTHORISED);
  }
}

/** Where the next try is allowed is said beside the field, and in the header for programs. */
function lockedOut(
  { message, hint = "", retryAfterS = 0 }: Fault,
  form: Pick<LoginProps, "next" | "assets">,
): Response {
  const headers = { "Retry-After": `${retryAfterS}` };
  return html(LoginPage({ ...form, problem: `Sign-in failed: ${message}; ${hint}.` }), TOO_MANY, headers);
}

/** Another site can send the form, but not the token in it. Faults: `forbidden`. */
export async function signOut(context: HubContext, request: Request, visit: Visit): Promise<Response> {
  const { address, requestId } = visit;
  const token = readSessionCookie(request);
  const session = await sessionOf(context, token);
  if (token !== undefined && session !== undefined) {
    const form = await readForm(visit, request, SIGN_IN_BODY_MAX);
    checkToken(form, session);
    await closeSession(context, token, { address, requestId });
  }
  const reply = seeOther("/login", endedSessionCookie(request));
  // Whoever sits down next finds nothing of the one before; only browsers under TLS listen to it.
  reply.headers.set("Clear-Site-Data", '"cache", "storage"');
  return reply;
}

export function loginPath(request: Request): string {
  const { pathname, search } = new URL(request.url);
  return `/login?${new URLSearchParams({ next: localPath(pathname + search) })}`;
}
