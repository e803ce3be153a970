import type { BrowserHub } from "./browser-hub.ts";

/** One page of the dashboard as the tests open it. */
export interface ViewCase {
  /** The route; each GET route of a page must be here. */
  readonly route: string;
  readonly path: string;
  /** Needs a row of the database, so an empty hub answers 404. */
  readonly ofARow?: boolean;
}

/** Downloads and what only redirects: no pages. */
const NOT_PAGES = /^\/(?:api|assets|openapi)\b|^\/(?:metrics|search|\*)|\.(?:csv|json|toml|svg)$|\/json$/;

/** Every page with a row of the hub's own for its `:id`; by route, so that a new view cannot be forgotten. */
export async function viewCases(hub: BrowserHub): Promise<ViewCase[]> {
  const ids = await sampleIds(hub);
  return pageRoutes(hub).map((route) => {
    const [kind = ""] = /[a-z-]+(?=\/:)/.exec(route) ?? [];
    if (kind === "") return { route, path: route };
    const id = ids[kind];
    if (id === undefined) throw new Error(`say which row the tests open at ${route}`);
    return { route, path: route.replace(/:[a-z_]+/i, encodeURIComponent(id)), ofARow: true };
  });
}

function pageRoutes({ app }: BrowserHub): string[] {
  const routes = app.routes.filter(({ method, path }) => method === "GET" && !NOT_PAGES.test(path));
  return [...new Set(routes.map(({ path }) => path))].toSorted();
}

async function sampleIds({ context: { sql } }: BrowserHub): Promise<Record<string, string>> {
  const [row] = await sql<Record<string, string>[]>`
    select
      (select id from events where risk_level = 'Critical' order by timestamp desc, id limit 1) as events,
      (select rig_id from rigs where status <> 'revoked' order by rig_id limit 1) as rigs,
      (select id from episodes where archived_at is null order by id limit 1) as episodes,
      (select max(id)::text from curation_runs) as curation,
      (select min(id)::text from quarantine) as quarantine`;
  return Object.fromEntries(Object.entries(row ?? {}).map(([kind, id]) => [kind, id ?? "none"]));
}
