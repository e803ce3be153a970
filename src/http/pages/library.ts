import { Library } from "../../../views/library/library.tsx";
import { filterWords, type LibraryFilter, type LibraryPage } from "../../../views/library/model.ts";
import { Version, Versions } from "../../../views/library/versions.tsx";
import { Fault } from "../../base/fault.ts";
import { show } from "../../base/schema.ts";
import type { HubContext } from "../../domain/context.ts";
import { keepLibraryFacts, type KeptFacts } from "../../domain/dashboard/library-facts-kept.ts";
import { versionPage, versionsPage } from "../../domain/dashboard/library-versions.ts";
import {
  ARCHIVE_SORTS,
  EPISODE_SORTS,
  allEpisodes,
  countEpisodes,
  EPISODES_COUNT_MAX,
  episodesPage,
  type ListedEpisode,
} from "../../domain/dashboard/library.ts";
import { CAMPAIGNS, CATEGORIES, OUTCOME_NAMES } from "../../wire/vocabulary.ts";
import { csvReply, type CsvColumn } from "../csv.ts";
import { panel, type PageSet, type PageVisit, type View } from "../page.ts";
import { afterOf, choice, decimal, flag, integer, rigOf, sizeOf, sortOf } from "../query.ts";

const SCORE_RANGE = { min: 0, max: 1 };
const VERSION_RANGE = { min: 1, max: Number.MAX_SAFE_INTEGER };

export const libraryPages: PageSet = {
  pages: [
    { path: "/library", read },
    { path: "/library/versions", read: readVersions },
    { path: "/library/versions/:version", read: readVersion },
  ],
  downloads: [{ path: "/library.csv", send }],
};

/** Each hub's own: they go with it. */
const keptFacts = new WeakMap<HubContext, KeptFacts>();

async function read(visit: PageVisit): Promise<View> {
  const { context, query } = visit;
  const { filter, order, sort } = asked(query);
  const size = sizeOf(query);
  const whole = !filter.archived && !query.has("after");
  const [found, total, facts] = await Promise.all([
    episodesPage(context, { filter, order }, { limit: size, ...afterOf(query) }),
    countEpisodes(context, filter),
    whole ? panel(visit, "library", factsOf(context).read()) : undefined,
  ]);
  const page: LibraryPage = { filter, sort, size, ...found, total, totalMax: EPISODES_COUNT_MAX, facts };
  return { title: "Library", data: page, content: (frame) => Library({ frame, page }) };
}

function factsOf(context: HubContext): KeptFacts {
  const kept = keptFacts.get(context) ?? keepLibraryFacts(context);
  keptFacts.set(context, kept);
  return kept;
}

async function send({ context, query, nowMs }: PageVisit): Promise<Response> {
  const { filter, order } = asked(query);
  return csvReply({
    name: "episodes",
    nowMs,
    filter: filterWords(filter),
    zone: choice(query, "zone", ["utc", "rig"]) === "rig" ? "the rig" : "UTC",
    columns: COLUMNS,
    pages: allEpisodes(context, { filter, order }),
    log: context.log,
  });
}

const COLUMNS: readonly CsvColumn<ListedEpisode>[] = [
  { name: "episode_id", value: ({ id }) => id },
  { name: "score", value: ({ score }) => score },
  { name: "category", value: ({ category }) => category },
  { name: "outcome", value: ({ outcome }) => outcome },
  { name: "rig", value: ({ rig_id }) => rig_id },
  { name: "time_utc", value: ({ timestamp }) => timestamp },
  { name: "rig_time_zone", value: ({ time_zone }) => time_zone },
  { name: "what_worked", value: ({ resolution }) => resolution },
  { name: "risk", value: ({ risk_level }) => risk_level },
  { name: "depth_min_ft", value: ({ depth_min }) => depth_min },
  { name: "depth_max_ft", value: ({ depth_max }) => depth_max },
  { name: "campaign", value: ({ campaign }) => campaign },
  { name: "events", value: ({ event_count }) => event_count },
  { name: "version", value: ({ version }) => version },
  { name: "archived_utc", value: ({ archived_at }) => archived_at },
  { name: "archived_reason", value: ({ archived_reason }) => archived_reason },
];

/** The same for the list and for its file. Faults: `invalid_request`. */
function asked(query: URLSearchParams) {
  const filter: LibraryFilter = {
    archived: flag(query, "archived"),
    category: choice(query, "category", CATEGORIES),
    campaign: choice(query, "campaign", CAMPAIGNS),
    outcome: choice(query, "outcome", OUTCOME_NAMES),
    rig: rigOf(query),
    score_min: decimal(query, "score_min", SCORE_RANGE),
    score_max: decimal(query, "score_max", SCORE_RANGE),
  };
  const order = filter.archived ? sortOf(query, ARCHIVE_SORTS, "-archived") : sortOf(query, EPISODE_SORTS, "-score");
  return { filter, order, sort: order.text };
}

async function readVersions({ context, query }: PageVisit): Promise<View> {
  const size = sizeOf(query);
  const { versions, next } = await versionsPage(context, {
    limit: size,
    before: integer(query, "after", VERSION_RANGE),
  });
  const page = { versions, next: next === null ? null : `${next}`, size };
  return { title: "Library versions", data: page, content: (frame) => Versions({ frame, page }) };
}

async function readVersion({ context, query, params: { version: text = "" } }: PageVisit): Promise<View> {
  const size = sizeOf(query);
  const version = versionOf(text);
  const page = { size, ...(await versionPage(context, version, { limit: size, ...afterOf(query) })) };
  const title = `Library version ${version.toLocaleString("en-US")}`;
  return { title, data: page, content: (frame) => Version({ frame, page }) };
}

function versionOf(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Fault("not_found", `there is no library version ${show(text)}`, "the list has them all");
}
