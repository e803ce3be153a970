import { EnrolmentView, Progress } from "../../../views/admin/enrolment.tsx";
import type { EnrolmentPage } from "../../../views/admin/model.ts";
import { Fault } from "../../base/fault.ts";
import { cancelEnrolment, createEnrolment, readEnrolment } from "../../domain/enrolment.ts";
import { seeOther } from "../html.ts";
import { hubAddress, readHubAddress } from "../hub-address.ts";
import type { PageSet, PageVisit, View } from "../page.ts";
import { qrOf } from "../qr.ts";
import { given } from "../query.ts";
import { adminHome, fieldsOf } from "./admin-home.ts";
import { numberOf } from "./admin.ts";

const UNPROCESSABLE = 422;
const CONFLICT = 409;

/** From the form to "connected". */
export const enrolmentPages: PageSet = {
  pages: [
    {
      path: "/admin/enrolments/:id",
      admin: true,
      async read(visit) {
        return enrolmentView(visit, await pageOf(visit, numberOf(visit.params["id"]), hubAddress(visit.request)));
      },
    },
  ],
  downloads: [{ path: "/admin/enrolments/:id/fleet.toml", admin: true, send: sendSettings }],
  deeds: [
    { path: "/admin/enrolments", act: newCode },
    {
      path: "/admin/enrolments/:id/cancel",
      async act({ context, actor, params }) {
        await cancelEnrolment(context, numberOf(params["id"]), actor);
        return seeOther("/admin?done=code_withdrawn");
      },
    },
  ],
};

/** The code stands in this reply and nowhere else. What cannot be is told beside the form, with all that was typed. */
async function newCode(visit: PageVisit, form: URLSearchParams): Promise<View> {
  const fields = fieldsOf(form, hubAddress(visit.request));
  try {
    const hubUrl = readHubAddress(fields.hub_url);
    const { id, code } = await createEnrolment(visit.context, fields, visit.actor);
    const command = `fleet-spoke enroll --hub ${hubUrl} ${code}`;
    const page = await pageOf(visit, id, hubUrl);
    return enrolmentView(visit, { ...page, shownOnce: { code, command, qr: qrOf(command) } });
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    const enrolled = error.code === "already_registered" ? fields.rig_id : undefined;
    if (error.code !== "schema" && enrolled === undefined) throw error;
    const problem = { sentence: error.sentence, enrolled };
    return adminHome(visit, { fields, problem, status: enrolled === undefined ? UNPROCESSABLE : CONFLICT });
  }
}

async function pageOf({ context }: PageVisit, id: number, hubUrl: string): Promise<EnrolmentPage> {
  const enrolment = await readEnrolment(context, id);
  return { enrolment, hubUrl, toml: settingsText(enrolment.rig_id, hubUrl), shownOnce: undefined };
}

/** A refresh asks for the part that moves; the code beside it stays as it was shown. */
function enrolmentView({ request }: PageVisit, page: EnrolmentPage): View {
  const { enrolment } = page;
  const moving = request.headers.get("hx-request") === "true";
  return {
    title: `Enrol ${enrolment.rig_id}`,
    data: enrolment,
    content: (frame) => (moving ? Progress({ frame, enrolment }) : EnrolmentView({ frame, page })),
    live: false,
  };
}

async function sendSettings({ context, params, query, request }: PageVisit): Promise<Response> {
  const { rig_id } = await readEnrolment(context, numberOf(params["id"]));
  const hubUrl = readHubAddress(given(query, "hub") ?? hubAddress(request));
  return new Response(settingsText(rig_id, hubUrl), {
    headers: {
      "Content-Type": "application/toml; charset=utf-8",
      "Content-Disposition": 'attachment; filename="fleet.toml"',
      "X-Content-Type-Options": "nosniff",
      "Cache-Control": "no-store",
    },
  });
}

/** Without a key: the enroll command adds it. */
function settingsText(rigId: string, hubUrl: string): string {
  return `[fleet]\nhub_url = ${JSON.stringify(hubUrl)}\nrig_id = ${JSON.stringify(rigId)}\n`;
}
