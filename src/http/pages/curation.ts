import { Curation } from "../../../views/curation/curation.tsx";
import { CurationRun } from "../../../views/curation/run.tsx";
import { Fault } from "../../base/fault.ts";
import { show } from "../../base/schema.ts";
import { audit } from "../../domain/audit.ts";
import {
  BACKLOG_COUNT_MAX,
  curationRun,
  curationRuns,
  curationState,
  RUN_KINDS,
  RUN_PART_MAX,
} from "../../domain/dashboard/curation.ts";
import { seeOther } from "../html.ts";
import type { PageSet, PageVisit, View } from "../page.ts";
import { afterOf, choice, flag, sizeOf } from "../query.ts";

const CAUSES = ["arrival", "schedule", "request"] as const;

export const curationPages: PageSet = {
  pages: [
    { path: "/curation", read: list },
    { path: "/curation/runs/:id", read: one },
  ],
  deeds: [{ path: "/curation/run", act: runNow }],
};

async function list({ context, query }: PageVisit): Promise<View> {
  const filter = { cause: choice(query, "cause", CAUSES), kind: choice(query, "kind", RUN_KINDS) };
  const size = sizeOf(query);
  const [found, state] = await Promise.all([
    curationRuns(context, { filters: filter, limit: size, ...afterOf(query) }),
    curationState(context),
  ]);
  const page = { filter, size, state, backlogMax: BACKLOG_COUNT_MAX, ...found };
  return { title: "Curation", data: page, content: (frame) => Curation({ frame, page }) };
}

async function one({ context, query, params: { id = "" } }: PageVisit): Promise<View> {
  const asked = flag(query, "asked");
  const page = { partMax: RUN_PART_MAX, asked, ...(await curationRun(context, runId(id))) };
  return { title: `Curation run ${id}`, data: page, content: (frame) => CurationRun({ frame, page }) };
}

/** The press waits for its run: there is one to show when it comes back. */
async function runNow({ context, hub, actor }: PageVisit): Promise<Response> {
  await audit(context, actor, "curation.run", null);
  const { id } = await hub.curator.run("request");
  return seeOther(`/curation/runs/${id}?asked=1`);
}

function runId(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Fault("not_found", `there is no curation run ${show(text)}`, "the list has them all");
}
