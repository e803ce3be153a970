import { PAGE_SETS } from "../../../src/http/pages.ts";
import type { BrowserHub } from "./browser-hub.ts";

/** One page of the dashboard as the tests open it. */
export interface ViewCase {
  readonly route: string;
  readonly path: string;
  /** Needs a row of the database, so an empty hub answers 404. */
  readonly ofARow: boolean;
  /** Viewers are refused. */
  readonly admin: boolean;
}

const LOGIN: ViewCase = { route: "/login", path: "/login", ofARow: false, admin: false };
/** A row of a table that nothing has been written to. */
const NO_ROW = "999999";

/** Every page that the hub knows, with a row of its own database for its `:id`: a new view cannot be forgotten. */
export async function viewCases(hub: BrowserHub): Promise<ViewCase[]> {
  const ids = await sampleIds(hub);
  const pages = PAGE_SETS.flatMap(({ pages: of = [] }) => of);
  return [...pages.map(({ path, admin = false }) => ({ ...located(path, ids), admin })), LOGIN];
}

/** Every file that a page links to. */
export async function downloadPaths(hub: BrowserHub): Promise<string[]> {
  const ids = await sampleIds(hub);
  return PAGE_SETS.flatMap(({ downloads = [] }) => downloads).map(({ path }) => located(path, ids).path);
}

function located(route: string, ids: Readonly<Record<string, string>>) {
  const kind = /([a-z-]+)\/:/.exec(route)?.[1];
  if (kind === undefined) return { route, path: route, ofARow: false };
  const id = ids[kind];
  if (id === undefined) throw new Error(`say which row the tests open at ${route}`);
  return { route, path: route.replace(/:[a-z_]+/i, encodeURIComponent(id)), ofARow: true };
}

/** By the word before the id in the route. */
async function sampleIds({ context: { sql } }: BrowserHub): Promise<Record<string, string>> {
  const [row] = await sql<Record<string, string | null>[]>`
    select
      (select id from events where risk_level = 'Critical' and timestamp <= received_at and not held
        order by outcome = 'Resolved' desc, episode_id is not null desc, snapshots desc, timestamp desc, id
        limit 1) as events,
      (select rig_id from rigs where status <> 'revoked' order by rig_id limit 1) as rigs,
      (select id from episodes where not archived order by event_count desc, id limit 1) as episodes,
      (select max(id)::text from curation_runs) as runs,
      (select max(version)::text from library_versions) as versions,
      (select min(id)::text from quarantine where decision is null) as quarantine,
      (select max(id)::text from enrolments) as enrolments`;
  return Object.fromEntries(Object.entries(row ?? {}).map(([kind, id]) => [kind, id ?? NO_ROW]));
}
