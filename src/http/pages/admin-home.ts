import { AdminView } from "../../../views/admin/home.tsx";
import type { AdminHome, EnrolFields } from "../../../views/admin/model.ts";
import { viewerKeyState } from "../../domain/admin.ts";
import { listEnrolments } from "../../domain/enrolment.ts";
import { listSessions } from "../../domain/sessions.ts";
import { hubAddress } from "../hub-address.ts";
import type { PageVisit, View } from "../page.ts";
import { sentenceOf } from "../query.ts";

/** Older ones are in the audit. */
const ENROLMENTS_SHOWN = 20;

/** What a press led to, by the word in the address. */
const DONE: Readonly<Record<string, string>> = {
  viewer_key_removed: "The viewers' key opens nothing any more.",
  code_withdrawn: "The code opens nothing any more.",
};

interface Refused {
  readonly fields: EnrolFields;
  readonly problem: AdminHome["problem"];
  readonly status: number;
}

/** The home of the admin; with what was typed when the hub refused it. */
export async function adminHome(visit: PageVisit, refused?: Refused): Promise<View> {
  const { context, query, session } = visit;
  const [enrolments, viewerKey, sessions] = await Promise.all([
    listEnrolments(context, ENROLMENTS_SHOWN),
    viewerKeyState(context),
    session.role === "admin" ? listSessions(context) : null,
  ]);
  const page: AdminHome = {
    form: refused?.fields ?? fieldsOf(query, hubAddress(visit.request)),
    problem: refused?.problem,
    enrolments,
    viewerKey,
    sessions: sessions?.length ?? null,
    done: sentenceOf(query, "done", DONE),
  };
  return {
    title: "Admin",
    data: page,
    content: (frame) => AdminView({ frame, page }),
    live: false,
    status: refused?.status ?? 200,
  };
}

/** From a link that knows the rig already, or empty. */
export function fieldsOf(query: URLSearchParams, hubUrl: string): EnrolFields {
  const text = (name: string): string => query.get(name)?.trim().slice(0, FIELD_MAX) ?? "";
  return {
    rig_id: text("rig_id"),
    well_id: text("well_id"),
    field: text("field"),
    time_zone: text("time_zone") || "UTC",
    hub_url: text("hub_url") || hubUrl,
  };
}

const FIELD_MAX = 300;
