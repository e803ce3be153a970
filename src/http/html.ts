import { ErrorPage } from "../../views/frame/error-page.tsx";
import type { Assets } from "../../views/frame/model.ts";
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
  // Nothing leaves for other sites, but our own forms keep their Origin, by which a forged one is known.
  "Referrer-Policy": "same-origin",
  "Cache-Control": "no-store",
};

export type ExtraHeaders = Readonly<Record<string, string>>;

export function html(markup: Markup, status = 200, extra: ExtraHeaders = {}): Response {
  const headers = { ...PAGE_HEADERS, "Content-Type": "text/html; charset=utf-8", ...extra };
  return new Response(markup.html, { status, headers });
}

/** After a form: the browser fetches the next page by GET. */
export function seeOther(location: string, ...cookies: readonly string[]): Response {
  const headers = new Headers({ ...PAGE_HEADERS, Location: location });
  for (const cookie of cookies) headers.append("Set-Cookie", cookie);
  return new Response(null, { status: 303, headers });
}

/** A live refresh that may not be answered: the page keeps what it shows and says why. */
export function noContent(status: number, extra: ExtraHeaders = {}): Response {
  return new Response(null, { status, headers: { ...PAGE_HEADERS, ...extra } });
}

interface FailedAt {
  readonly request: Request;
  readonly requestId: string;
  readonly assets: Assets;
}

/** Outages and limits pass: the same address may work a little later. */
const PASSING = new Set([408, 429, 500, 503]);

/** Status, sentence and the rest of a failure are decided once, in its JSON reply; a person gets the same as a page. */
export async function errorPage(reply: Response, { request, requestId, assets }: FailedAt): Promise<Response> {
  const { error } = (await reply.json()) as { error: string };
  const { pathname, search } = new URL(request.url);
  const retry = request.method === "GET" && PASSING.has(reply.status) ? pathname + search : undefined;
  const page = html(ErrorPage({ status: reply.status, sentence: error, requestId, retry, assets }), reply.status);
  for (const name of ["Retry-After", "Connection"]) {
    const value = reply.headers.get(name);
    if (value !== null) page.headers.set(name, value);
  }
  return page;
}
