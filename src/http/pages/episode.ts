import { Episode } from "../../../views/episode/episode.tsx";
import { EPISODE_DONE, type EpisodeDone, type EpisodePage } from "../../../views/episode/model.ts";
import { address, episodeHref } from "../../../views/frame/address.ts";
import type { Panel } from "../../../views/frame/model.ts";
import { shownRigs, type Reach } from "../../../views/parts/reach.tsx";
import { setApart } from "../../domain/curation/apart.ts";
import { EPISODE_SPAN_S, SESSION_GAP_S, SESSION_STEP_FT } from "../../domain/curation/sessions.ts";
import { alikeTo, episodeView } from "../../domain/dashboard/episode.ts";
import { reach } from "../../domain/dashboard/reach.ts";
import { seeOther } from "../html.ts";
import { localPath } from "../local-path.ts";
import { panel, type PageSet, type PageVisit, type View } from "../page.ts";
import { choice } from "../query.ts";

export const episodePages: PageSet = {
  pages: [{ path: "/episodes/:id", read }],
  deeds: [
    { path: "/episodes/:id/apart", act: (visit, form) => divide(visit, form, true) },
    { path: "/episodes/:id/join", act: (visit, form) => divide(visit, form, false) },
  ],
};

const RULE = { gap_s: SESSION_GAP_S, step_ft: SESSION_STEP_FT, span_s: EPISODE_SPAN_S };

async function read(visit: PageVisit): Promise<View> {
  const { context, query, params } = visit;
  const view = await episodeView(context, params["id"] ?? "");
  const [alike, reached] = await Promise.all([
    panel(visit, "similar episodes", alikeTo(context, view)),
    panel(visit, "reach", reach(context, view.facts.id)),
  ]);
  const page: EpisodePage = {
    ...view,
    rule: RULE,
    alike,
    reach: reached,
    all_rigs: choice(query, "reach", ["all"]) === "all",
    from: query.has("from") ? localPath(query.get("from")) : undefined,
    done: choice(query, "done", EPISODE_DONE),
  };
  const { category, rig_id } = view.facts;
  return {
    title: `${category} episode of ${rig_id}`,
    data: { ...page, reach: page.all_rigs ? reached : shownReach(reached) },
    content: (frame) => Episode({ frame, page }),
  };
}

/** A rig that is not on show may sync without the page being sent again. */
function shownReach(found: Panel<Reach | undefined>): Panel<Reach | undefined> {
  if (!("value" in found) || found.value === undefined) return found;
  return { value: { ...found.value, rigs: shownRigs(found.value.rigs) } };
}

async function divide(visit: PageVisit, form: URLSearchParams, apart: boolean): Promise<Response> {
  const { context, actor, hub, params } = visit;
  const { changed } = await setApart(context, form.get("event") ?? "", apart, actor);
  hub.curator.wake();
  const done: EpisodeDone = changed ? (apart ? "apart" : "join") : "nothing";
  const back = form.get("back") ?? params["id"] ?? "";
  return seeOther(address(episodeHref(back), { done }));
}
