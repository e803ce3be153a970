import { ErrorPage } from "../../views/error-page.tsx";
import type { Markup } from "../../views/jsx-runtime.ts";

/** Nothing but our own scripts runs, whatever an event's text says, and no other site frames or feeds a page. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'none'",
].join("; ");

const PAGE_HEADERS: Readonly<Record<string, string>> = {
  "Content-Security-Policy": CONTENT_SECURITY_POLICY,
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "no-referrer",
  "Cache-Control": "no-store",
};

export function html(markup: Markup, status = 200): Response {
  const headers = { ...PAGE_HEADERS, "Content-Type": "text/html; charset=utf-8" };
  return new Response(markup.html, { status, headers });
}

/** After a form: the browser fetches the next page by GET. */
export function seeOther(location: string, cookie?: string): Response {
  const headers = new Headers({ ...PAGE_HEADERS, Location: location });
  if (cookie !== undefined) headers.set("Set-Cookie", cookie);
  return new Response(null, { status: 303, headers });
}

/** A live refresh that may not be answered: the page keeps what it shows and says why. */
export function noContent(status: number): Response {
  return new Response(null, { status, headers: PAGE_HEADERS });
}

/** Status, sentence and the rest of a failure are decided once, in its JSON reply; a person gets the same as a page. */
export async function errorPage(reply: Response): Promise<Response> {
  const { error } = (await reply.json()) as { error: string };
  const page = html(ErrorPage({ status: reply.status, sentence: error }), reply.status);
  for (const name of ["Retry-After", "Connection"]) {
    const value = reply.headers.get(name);
    if (value !== null) page.headers.set(name, value);
  }
  return page;
}
