import type { BrowserHub } from "../../test/browser/support/browser-hub.ts";
import { viewCases, type ViewCase } from "../../test/browser/support/views.ts";
import { NARROW_PX, type VisitorOptions } from "../../test/browser/support/visitor.ts";
import type { Shot } from "./photograph.ts";

const WIDE = { width: 1280, height: 640 } as const;
const PHONE = { width: NARROW_PX, height: 800 } as const;
/** The views that are shown in dark and on a phone too. */
const MAIN = new Set(["/", "/rigs", "/rigs/:id", "/events", "/events/:id", "/library", "/episodes/:id", "/quarantine"]);
const SIGN_IN = "/login";

export async function fullShots(hub: BrowserHub): Promise<Shot[]> {
  const views = await viewCases(hub);
  const main = views.filter(({ route }) => MAIN.has(route));
  return [
    ...shots(views, "", WIDE),
    ...shots(main, "-dark", { ...WIDE, theme: "dark" }),
    ...shots(main, "-phone", PHONE),
  ];
}

/** What needs a row of the database has no empty state. */
export async function emptyShots(hub: BrowserHub): Promise<Shot[]> {
  const views = await viewCases(hub);
  return shots(
    views.filter(({ ofARow, route }) => !ofARow && route !== SIGN_IN),
    "-empty",
    WIDE,
  );
}

export async function errorShots(hub: BrowserHub): Promise<Shot[]> {
  const views = await viewCases(hub);
  return shots(
    views.filter(({ route }) => route === "/"),
    "-error",
    WIDE,
  );
}

function shots(views: readonly ViewCase[], suffix: string, visitor: VisitorOptions): Shot[] {
  return views.map(({ route, path }) => ({
    name: `${nameOf(route)}${suffix}`,
    path,
    visitor: signedIn(route, visitor),
  }));
}

function signedIn(route: string, visitor: VisitorOptions): VisitorOptions {
  return route === SIGN_IN ? { ...visitor, role: null } : visitor;
}

/** `/events` stays, `/events/:id` becomes `event`, `/quarantine/:id` `quarantine-entry`. */
function nameOf(route: string): string {
  const words = route.split("/").filter((word) => word !== "");
  const names = words.map((word, at) => (words[at + 1]?.startsWith(":") === true ? oneOf(word) : word));
  return names.length === 0 ? "overview" : names.filter((name) => !name.startsWith(":")).join("-");
}

function oneOf(words: string): string {
  return words.endsWith("s") ? words.slice(0, -1) : `${words}-entry`;
}
