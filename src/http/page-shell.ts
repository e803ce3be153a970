import { Page } from "../../views/frame/page.tsx";
import type { Assets, Frame } from "../../views/frame/model.ts";
import { raw } from "../../views/jsx-runtime.ts";
import { hex, sha256 } from "../base/digest.ts";
import { Fault } from "../base/fault.ts";
import { health, type Health } from "../domain/health.ts";
import { readSession } from "../domain/sessions.ts";
import type { FaultLog } from "./fault-log.ts";
import { readForm } from "./form.ts";
import { checkOrigin, checkToken, maskedToken } from "./form-token.ts";
import { html, noContent, seeOther } from "./html.ts";
import type { Handler, Hub, Visit } from "./hub.ts";
import type { Deed, Download, Page as PageOf, PageVisit, View } from "./page.ts";
import { readPreferences } from "./preferences.ts";
import { choice } from "./query.ts";
import { readSessionCookie } from "./session-cookie.ts";
import type { ShownParts } from "./shown-parts.ts";
import { loginPath } from "./sign-in.ts";

const UNAUTHORISED = 401;
const NOTHING_NEW = 204;
const SHOWN_DIGITS = 16;

/** Headers between our script and the shell: what is on show, when it was read, by which hub. */
const SHOWN = "X-Shown";
const AS_OF = "X-As-Of";
const HUB = "X-Hub-Version";

export interface Shell {
  readonly hub: Hub;
  readonly assets: Assets;
  readonly faults: FaultLog;
  readonly parts: ShownParts;
}

export function showPage(shell: Shell, page: PageOf): Handler {
  return signedIn(shell, async (visit) => {
    requireRole(visit, page.admin === true);
    // At once: one way to the database less. A refresh without news needs none.
    const standing = isRefresh(visit.request) ? undefined : health(visit.context);
    const [view] = await Promise.all([page.read(visit), standing]);
    return view instanceof Response ? view : reply(shell, visit, view, await standing);
  });
}

export function sendDownload(shell: Shell, download: Download): Handler {
  return signedIn(shell, async (visit) => {
    requireRole(visit, download.admin === true);
    return download.send(visit);
  });
}

export function takeDeed(shell: Shell, deed: Deed): Handler {
  return signedIn(shell, async (visit) => {
    checkOrigin(visit.request);
    const form = await readForm(visit, visit.request);
    checkToken(form, visit.session);
    requireRole(visit, deed.harmless !== true);
    const done = await deed.act(visit, form);
    return done instanceof Response ? done : reply(shell, visit, done);
  });
}

/** Who is not signed in is sent to the form and back; a refresh keeps its page and is told. */
function signedIn(shell: Shell, act: (visit: PageVisit) => Promise<Response>): Handler {
  const { context } = shell.hub;
  return async (request, visit, params) => {
    const session = await readSession(context, readSessionCookie(request));
    if (session === undefined) {
      if (request.method !== "GET") throw new Fault("unauthorised", "you are signed out", "sign in and press again");
      return isRefresh(request) ? noContent(UNAUTHORISED) : seeOther(loginPath(request));
    }
    return act(pageVisit(shell, { request, visit, params, session }));
  };
}

interface Arrived {
  readonly request: Request;
  readonly visit: Visit;
  readonly params: Readonly<Record<string, string>>;
  readonly session: PageVisit["session"];
}

function pageVisit({ hub, faults }: Shell, { request, visit, params, session }: Arrived): PageVisit {
  const { pathname, search, searchParams: query } = new URL(request.url);
  const { requestId, address } = visit;
  const actor = { name: session.role, address, requestId, sessionId: session.id };
  const nowMs = hub.context.clock.now();
  const here = pathname + search;
  return { ...visit, hub, faults, context: hub.context, request, here, query, params, session, actor, nowMs };
}

function requireRole({ session }: PageVisit, admin: boolean): void {
  if (!admin || session.role === "admin") return;
  throw new Fault("forbidden", "a viewer cannot do this", "sign in with the admin's key");
}

async function reply(shell: Shell, visit: PageVisit, view: View, standing?: Health): Promise<Response> {
  const { status = 200, live = true, charts, content, data } = view;
  const shown = hex(sha256(new TextEncoder().encode(JSON.stringify(data)))).slice(0, SHOWN_DIGITS);
  const headers = { [AS_OF]: new Date(visit.nowMs).toISOString(), [HUB]: shell.hub.version };
  if (isRefresh(visit.request) && status === 200) return refreshed(shell, visit, { view, shown, headers });
  const frame = await frameOf(shell, visit, view.title, standing);
  const children = content(frame);
  const isLive = live && status === 200;
  if (isLive) shell.parts.remember(partsKey(visit, shown), children.html);
  return html(Page({ frame, live: isLive, shown, charts, children }), status, headers);
}

interface Refresh {
  readonly view: View;
  readonly shown: string;
  readonly headers: Readonly<Record<string, string>>;
}

async function refreshed(shell: Shell, visit: PageVisit, { view, shown, headers }: Refresh): Promise<Response> {
  const before = visit.request.headers.get(SHOWN) ?? "";
  if (before === shown) return noContent(NOTHING_NEW, headers);
  const fragment = view.content(await frameOf(shell, visit, view.title)).html;
  const news = shell.parts.since(partsKey(visit, before), fragment);
  shell.parts.remember(partsKey(visit, shown), fragment);
  return html(raw(news), 200, { ...headers, [SHOWN]: shown });
}

/** The same data look different at another address, and to another role. */
function partsKey({ here, session }: PageVisit, shown: string): string {
  return `${shown} ${session.role} ${here}`;
}

async function frameOf({ hub, assets }: Shell, visit: PageVisit, title: string, standing?: Health): Promise<Frame> {
  const { context, session, nowMs, here, query, request } = visit;
  const { reasons, quarantined } = standing ?? (await health(context));
  return {
    title,
    here,
    formToken: maskedToken(session.formToken, context.random),
    nowMs,
    refreshing: isRefresh(request),
    role: session.role,
    zone: choice(query, "zone", ["utc", "rig"]) ?? "utc",
    ...readPreferences(request),
    demo: context.settings.demo,
    hub: { version: hub.version, reasons, quarantined: quarantined ?? 0 },
    assets,
  };
}

function isRefresh(request: Request): boolean {
  return request.headers.get("hx-request") === "true";
}
