import { QuarantineEntry } from "../../../views/quarantine/entry.tsx";
import { Quarantine } from "../../../views/quarantine/quarantine.tsx";
import { QuarantineReport } from "../../../views/quarantine/report.tsx";
import { Fault } from "../../base/fault.ts";
import { show } from "../../base/schema.ts";
import {
  DIFFERENCES_MAX,
  QUARANTINE_STATES,
  quarantineDetail,
  quarantinePage,
} from "../../domain/dashboard/quarantine.ts";
import { DECISIONS_MAX } from "../../domain/quarantine.ts";
import { decideTogether, QUARANTINE_DEEDS } from "../../domain/quarantine-batch.ts";
import { localPath } from "../local-path.ts";
import type { PageSet, PageVisit, View } from "../page.ts";
import { afterOf, choice, flag, rigOf, sizeOf } from "../query.ts";

const REASONS = ["conflict", "future_timestamp"] as const;

export const quarantinePages: PageSet = {
  pages: [
    { path: "/quarantine", read: list },
    { path: "/quarantine/:id", read: entry },
  ],
  deeds: [{ path: "/quarantine/decide", act: decide }],
};

async function list({ context, query }: PageVisit): Promise<View> {
  const state = choice(query, "state", QUARANTINE_STATES) ?? "open";
  const filter = { state, ...matching(query) };
  const size = sizeOf(query);
  const found = await quarantinePage(context, { filters: filter, limit: size, ...afterOf(query) });
  const page = { filter, size, decisionsMax: DECISIONS_MAX, ...found };
  return { title: "Quarantine", data: page, content: (frame) => Quarantine({ frame, page }) };
}

async function entry({ context, params: { id = "" } }: PageVisit): Promise<View> {
  const page = { differencesMax: DIFFERENCES_MAX, ...(await quarantineDetail(context, entryId(id))) };
  return {
    title: `Quarantine entry ${id}`,
    data: page,
    live: false,
    content: (frame) => QuarantineEntry({ frame, page }),
  };
}

async function decide({ context, actor }: PageVisit, form: URLSearchParams): Promise<View> {
  const deed = choice(form, "deed", QUARANTINE_DEEDS);
  if (deed === undefined) throw new Fault("invalid_request", "no decision was pressed", "press one of the buttons");
  const entries = flag(form, "all") ? matching(form) : form.getAll("id").map(entryId);
  const note = form.get("note")?.trim() ?? "";
  const reports = await decideTogether(context, { deed, note, entries }, actor);
  const page = { reports, back: localPath(form.get("back")) };
  return { title: "Decided", data: page, live: false, content: (frame) => QuarantineReport({ frame, page }) };
}

function matching(query: URLSearchParams) {
  return { reason: choice(query, "reason", REASONS), rig: rigOf(query) };
}

function entryId(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new Fault("not_found", `there is no quarantine entry ${show(text)}`, "the list has them all");
}
