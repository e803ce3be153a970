import { Event } from "../../views/event.tsx";
import { Events } from "../../views/events.tsx";
import type { Markup } from "../../views/jsx-runtime.ts";
import { Page } from "../../views/layout.tsx";
import { Library } from "../../views/library.tsx";
import type { Frame } from "../../views/model.ts";
import { Overview } from "../../views/overview.tsx";
import { Rigs } from "../../views/rigs.tsx";
import type { HubContext } from "../domain/context.ts";
import type { Handler, Route } from "./hub.ts";
import { html, noContent, seeOther } from "./html.ts";
import { eventPage, eventsPage, libraryPage, overviewPage, rigsPage } from "./page-data.ts";
import { createLoginLimit } from "./login-limit.ts";
import { readSessionCookie, sessionOf } from "./session-cookie.ts";
import { loginForm, loginPath, signIn, signOut } from "./sign-in.ts";

const UNAUTHORISED = 401;

/** The part of a view that a live refresh replaces, and what the document around it needs. */
interface View {
  readonly title: string;
  /** With a plot, and then not refreshed: an event of the past changes once or twice. */
  readonly charts?: boolean;
  readonly content: (frame: Frame) => Markup;
}

type ViewOf = (context: HubContext, query: URLSearchParams, id: string) => Promise<View>;

const VIEWS: Readonly<Record<string, ViewOf>> = {
  "/": async (context) => {
    const page = await overviewPage(context);
    return { title: "Overview", content: (frame) => Overview({ frame, page }) };
  },
  "/rigs": async (context) => {
    const page = await rigsPage(context);
    return { title: "Rigs", content: (frame) => Rigs({ frame, page }) };
  },
  "/events": async (context, query) => {
    const page = await eventsPage(context, query);
    return { title: "Events", content: (frame) => Events({ frame, page }) };
  },
  "/events/:id": async (context, query, id) => {
    const page = await eventPage(context, query, id);
    return { title: `Event ${id}`, charts: true, content: (frame) => Event({ frame, page }) };
  },
  "/library": async (context, query) => {
    const page = await libraryPage(context, query);
    return { title: "Library", content: (frame) => Library({ frame, page }) };
  },
};

/** The dashboard: HTML for people who signed in with the admin's key. */
export function pageRoutes(context: HubContext): Route[] {
  const limit = createLoginLimit(context.clock);
  const views = Object.entries(VIEWS).map(([path, viewOf]) =>
    pageRoute("GET", path, (request, _visit, { id = "" }) =>
      show(context, request, (query) => viewOf(context, query, id)),
    ),
  );
  return [
    ...views,
    pageRoute("GET", "/login", (request) => Promise.resolve(loginForm(request))),
    pageRoute("POST", "/login", (request, visit) => signIn(context, limit, request, visit)),
    pageRoute("POST", "/logout", (request, visit) => signOut(context, request, visit)),
  ];
}

function pageRoute(method: Route["method"], path: string, handle: Handler): Route {
  return { method, path, handle, refusal: "html" };
}

async function show(
  context: HubContext,
  request: Request,
  read: (query: URLSearchParams) => Promise<View>,
): Promise<Response> {
  const refreshing = request.headers.get("hx-request") === "true";
  const session = await sessionOf(context, readSessionCookie(request));
  if (session === undefined) return refreshing ? noContent(UNAUTHORISED) : seeOther(loginPath(request));
  const { pathname, search, searchParams } = new URL(request.url);
  const { title, charts = false, content } = await read(searchParams);
  const frame = { title, here: pathname + search, formToken: session.formToken, nowMs: context.clock.now() };
  if (refreshing) return html(content(frame));
  return html(Page({ frame, charts, live: !charts, children: content(frame) }));
}
