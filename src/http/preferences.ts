import { THEMES, type Theme } from "../../views/frame/model.ts";
import { seeOther } from "./html.ts";
import { localPath } from "./local-path.ts";
import type { Deed } from "./page.ts";

const THEME = "fleet_theme";
const KEYS = "fleet_keys";
const A_YEAR_S = 31_536_000;

/** How this browser likes its pages: nothing secret, nothing about a person. */
export function readPreferences(request: Request): { readonly theme: Theme; readonly shortcuts: boolean } {
  const cookies = new Bun.CookieMap(request.headers.get("cookie") ?? "");
  const theme = THEMES.find((known) => known === cookies.get(THEME)) ?? "auto";
  return { theme, shortcuts: cookies.get(KEYS) !== "off" };
}

export const preferencesDeed: Deed = {
  path: "/preferences",
  harmless: true,
  act(_visit, form) {
    const theme = THEMES.find((known) => known === form.get("theme")) ?? "auto";
    const keys = form.get("keys") === "on" ? "on" : "off";
    return Promise.resolve(seeOther(localPath(form.get("next")), cookie(THEME, theme), cookie(KEYS, keys)));
  },
};

function cookie(name: string, value: string): string {
  return new Bun.Cookie(name, value, { path: "/", maxAge: A_YEAR_S, httpOnly: true, sameSite: "lax" }).toString();
}
