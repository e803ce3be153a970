import type { HubContext } from "../domain/context.ts";
import { readSession, SESSION_MAX_MS, type Session } from "../domain/sessions.ts";
import { isSecure } from "./safe-headers.ts";

const NAME = "fleet_session";

/** The session's token as the browser sent it; unproven. */
export function readSessionCookie(request: Request): string | undefined {
  return new Bun.CookieMap(request.headers.get("cookie") ?? "").get(nameFor(request)) ?? undefined;
}

/** Under TLS browsers take the name from this very host alone, and only with Secure. */
function nameFor(request: Request): string {
  return isSecure(request) ? `__Host-${NAME}` : NAME;
}

export function sessionOf(context: HubContext, token: string | undefined): Promise<Session | undefined> {
  return readSession(context, token);
}

/** A Set-Cookie value. Lax, so that a link in a message opens signed in. */
export function sessionCookie(request: Request, token: string): string {
  return cookie(request, token, SESSION_MAX_MS / 1000);
}

export function endedSessionCookie(request: Request): string {
  return cookie(request, "", 0);
}

/** Inside the tunnel the hub speaks plain HTTP, where a Secure cookie would not come back. */
function cookie(request: Request, value: string, maxAge: number): string {
  const shape = { httpOnly: true, sameSite: "lax", path: "/", maxAge, secure: isSecure(request) } as const;
  return new Bun.Cookie(nameFor(request), value, shape).toString();
}
