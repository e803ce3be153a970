import { EventView } from "../../../views/event/event.tsx";
import type { EventPage, Way } from "../../../views/event/model.ts";
import { eventHref } from "../../../views/frame/address.ts";
import type { Panel } from "../../../views/frame/model.ts";
import { shownRigs } from "../../../views/parts/reach.tsx";
import { TRACK_NAMES, type TrackName } from "../../../views/tracks/catalogue.ts";
import type { TracksWish } from "../../../views/tracks/model.ts";
import { snapshotColumns } from "../../../views/tracks/snapshot-columns.ts";
import { askForCuration } from "../../domain/curation/recurate.ts";
import { eventView, noSuchEvent } from "../../domain/dashboard/event.ts";
import { timeline } from "../../domain/dashboard/timeline.ts";
import { readEvent } from "../../domain/events.ts";
import { isEventId } from "../../wire/identity.ts";
import { csvReply } from "../csv.ts";
import { seeOther } from "../html.ts";
import { localPath } from "../local-path.ts";
import { panel, type PageSet, type PageVisit, type View } from "../page.ts";
import { choice } from "../query.ts";
import { bytesBody } from "../replies.ts";

export const eventDetailPages: PageSet = {
  pages: [{ path: "/events/:id", read }],
  downloads: [
    { path: "/events/:id/event.json", send: sendJson },
    { path: "/events/:id/snapshots.csv", send: sendSnapshots },
  ],
  deeds: [{ path: "/events/:id/curate", act: curate }],
};

async function read(visit: PageVisit): Promise<View> {
  const id = idOf(visit);
  const { query, context } = visit;
  const wish = wishOf(query);
  const done = choice(query, "done", ["recurate"]);
  const allRigs = choice(query, "reach", ["all"]) === "all";
  const [view, way] = await Promise.all([eventView(context, id), panel(visit, "timeline", wayOf(visit, id))]);
  const from = query.has("from") ? localPath(query.get("from")) : undefined;
  const page: EventPage = { ...view, way, wish, from, allRigs, done };
  const { risk_level, category, rig_id } = view.facts;
  return {
    title: `${risk_level} ${category} on ${rig_id}`,
    // The body never changes, but for what the facts have too.
    data: { facts: view.facts, twins: view.twins, way: allRigs ? way : shownWay(way), wish, from, allRigs, done },
    charts: "track",
    content: (frame) => EventView({ frame, page }),
  };
}

async function wayOf({ context }: PageVisit, id: string): Promise<Way> {
  return (await timeline(context, id)) ?? { entries: [], reach: undefined };
}

/** A rig that is not on show may speak without the page being sent again. */
function shownWay(way: Panel<Way>): Panel<Way> {
  if (!("value" in way) || way.value.reach === undefined) return way;
  const { entries, reach } = way.value;
  return { value: { entries, reach: { ...reach, rigs: shownRigs(reach.rigs) } } };
}

/** Faults: `invalid_request` for a track that does not exist. */
function wishOf(query: URLSearchParams): TracksWish {
  const names = (query.get("tracks") ?? "").split(",").filter((name) => name !== "");
  return {
    by: choice(query, "by", ["time", "depth"]) ?? "time",
    scale: choice(query, "scale", ["fixed", "auto"]) ?? "fixed",
    tracks: names.flatMap((name): TrackName[] => {
      const track = choice(new URLSearchParams({ tracks: name }), "tracks", TRACK_NAMES);
      return track === undefined ? [] : [track];
    }),
  };
}

async function sendJson(visit: PageVisit): Promise<Response> {
  const id = idOf(visit);
  const stored = isEventId(id) ? await readEvent(visit.context, id) : undefined;
  if (stored === undefined) throw await noSuchEvent(visit.context, id);
  return new Response(bytesBody(stored.json), {
    headers: {
      "Content-Type": "application/json",
      "Content-Disposition": `attachment; filename="${fileName(id)}.json"`,
      "Content-Security-Policy": "default-src 'none'",
      "X-Content-Type-Options": "nosniff",
      "Cache-Control": "no-store",
    },
  });
}

async function sendSnapshots(visit: PageVisit): Promise<Response> {
  const id = idOf(visit);
  const { facts, event } = await eventView(visit.context, id);
  const zone = choice(visit.query, "zone", ["utc", "rig"]) === "rig" ? facts.time_zone : "UTC";
  return csvReply({
    name: "snapshots",
    nowMs: visit.nowMs,
    filter: [["event", id]],
    zone,
    columns: snapshotColumns(zone),
    pages: onePage(event.history_window),
    log: visit.context.log,
  });
}

async function* onePage<Row>(rows: readonly Row[]): AsyncGenerator<readonly Row[]> {
  yield await Promise.resolve(rows);
}

async function curate(visit: PageVisit): Promise<Response> {
  const id = idOf(visit);
  await askForCuration(visit.context, visit.actor, id);
  visit.hub.curator.wake();
  return seeOther(`${eventHref(id)}?done=recurate`);
}

function idOf({ params }: PageVisit): string {
  return params["id"] ?? "";
}

/** Names of rigs may have letters of any alphabet; a header has not. */
function fileName(id: string): string {
  return id.replaceAll(/[^A-Za-z0-9._-]+/g, "_");
}
