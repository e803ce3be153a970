import { dirname } from "node:path";
import { staticPlugin } from "@elysiajs/static";
import { Elysia } from "elysia";
import type { Route } from "./hub.ts";
import { nothingThere } from "./replies.ts";
import htmx from "htmx.org/dist/htmx.min.js" with { type: "file" };
import plotStyle from "uplot/dist/uPlot.min.css" with { type: "file" };
import plot from "uplot/dist/uPlot.iife.min.js" with { type: "file" };
import style from "../../views/assets/app.css" with { type: "file" };
import icon from "../../views/assets/icon.svg" with { type: "file" };
import script from "../../views/assets/app.js" with { type: "file" };
import track from "../../views/assets/track.js" with { type: "file" };

const NOT_FOUND = 404;

/** By prefix, the files of one folder each; the imports are what puts them into the executable. */
const FOLDERS = {
  "/assets/own": [style, script, track, icon],
  "/assets/htmx": [htmx],
  "/assets/uplot": [plot, plotStyle],
} as const;

/** Scripts and styles, from disk or from inside the executable; nothing else of their folders. */
export async function assetRoute(): Promise<Route> {
  const app = new Elysia({ normalize: false });
  for (const [prefix, files] of Object.entries(FOLDERS)) app.use(await folderRoutes(prefix, files));
  return { method: "GET", path: "/assets/*", refusal: "negotiated", handle };

  async function handle(request: Request): Promise<Response> {
    const reply = await app.handle(request);
    if (reply.status === NOT_FOUND) throw nothingThere(request);
    return reply;
  }
}

function folderRoutes(prefix: string, files: readonly [string, ...string[]]): Promise<Elysia> {
  return staticPlugin({
    assets: dirname(files[0]),
    prefix,
    alwaysStatic: true,
    indexHTML: false,
    silent: true,
    ignorePatterns: [allBut(files)],
    // A new executable may bring new files under the same names: browsers ask each time, and mostly get a 304.
    directive: "no-cache",
    maxAge: null,
    headers: { "X-Content-Type-Options": "nosniff" },
  });
}

function allBut(files: readonly string[]): RegExp {
  const named = files.map((file) => file.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
  return new RegExp(`^(?!(?:${named.join("|")})$)`);
}
