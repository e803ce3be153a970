import type { Handler, Route } from "./hub.ts";
import { createLoginLimit } from "./login-limit.ts";
import type { PageSet } from "./page.ts";
import { sendDownload, showPage, takeDeed, type Shell } from "./page-shell.ts";
import { curationPages } from "./pages/curation.ts";
import { adminPages } from "./pages/admin.ts";
import { auditPages } from "./pages/audit.ts";
import { enrolmentPages } from "./pages/enrolment.ts";
import { episodePages } from "./pages/episode.ts";
import { eventDetailPages } from "./pages/event.ts";
import { eventPages } from "./pages/events.ts";
import { libraryPages } from "./pages/library.ts";
import { outcomePages } from "./pages/outcomes.ts";
import { overviewPages } from "./pages/overview.ts";
import { quarantinePages } from "./pages/quarantine.ts";
import { rigPage } from "./pages/rig.ts";
import { rigKeyPages } from "./pages/rig-keys.ts";
import { rigPages } from "./pages/rigs.ts";
import { searchPages } from "./pages/search.ts";
import { systemPages } from "./pages/system.ts";
import { trendPages } from "./pages/trends.ts";
import { preferencesDeed } from "./preferences.ts";
import { loginForm, signIn, signOut } from "./sign-in.ts";

/** Every view of the dashboard; its tests walk this list. */
export const PAGE_SETS: readonly PageSet[] = [
  overviewPages,
  rigPages,
  rigPage,
  eventPages,
  eventDetailPages,
  libraryPages,
  episodePages,
  trendPages,
  outcomePages,
  curationPages,
  quarantinePages,
  adminPages,
  enrolmentPages,
  rigKeyPages,
  auditPages,
  searchPages,
  systemPages,
  { deeds: [preferencesDeed] },
];

/** The dashboard: HTML for people who signed in with a key. */
export function pageRoutes(shell: Shell): Route[] {
  return [...signInRoutes(shell), ...PAGE_SETS.flatMap((set) => setRoutes(shell, set))];
}

function setRoutes(shell: Shell, { pages = [], downloads = [], deeds = [] }: PageSet): Route[] {
  return [
    ...pages.map((page) => route("GET", page.path, showPage(shell, page))),
    ...downloads.map((download) => route("GET", download.path, sendDownload(shell, download))),
    ...deeds.map((deed) => route("POST", deed.path, takeDeed(shell, deed))),
  ];
}

function signInRoutes({ hub, assets }: Shell): Route[] {
  const { context } = hub;
  const limit = createLoginLimit(context);
  return [
    route("GET", "/login", (request) => Promise.resolve(loginForm(request, assets))),
    route("POST", "/login", (request, visit) => signIn({ context, limit, assets }, request, visit)),
    route("POST", "/logout", (request, visit) => signOut(context, request, visit)),
  ];
}

function route(method: Route["method"], path: string, handle: Handler): Route {
  return { method, path, handle, refusal: "html" };
}
