import { SecretView } from "../../../views/admin/secret.tsx";
import type { SecretPage, SessionsPage } from "../../../views/admin/model.ts";
import { SessionsView } from "../../../views/admin/sessions.tsx";
import { Fault } from "../../base/fault.ts";
import { makeViewerKey, removeViewerKey, viewerKeyState } from "../../domain/admin.ts";
import { endOtherSessions, endSession, listSessions } from "../../domain/sessions.ts";
import { seeOther } from "../html.ts";
import type { PageSet, PageVisit, View } from "../page.ts";
import { sentenceOf } from "../query.ts";
import { adminHome } from "./admin-home.ts";

const DONE: Readonly<Record<string, string>> = {
  ended: "The session has ended: its next request is signed out.",
  others_ended: "All other sessions have ended.",
};

/** The admin's home, the viewers' key and who is signed in. */
export const adminPages: PageSet = {
  pages: [
    { path: "/admin", read: adminHome },
    { path: "/admin/sessions", admin: true, read: sessionsPage },
  ],
  deeds: [
    { path: "/admin/viewer-key", act: newViewerKey },
    {
      path: "/admin/viewer-key/remove",
      async act({ context, actor }, form) {
        requireAgreed(form);
        await removeViewerKey(context, actor);
        return seeOther("/admin?done=viewer_key_removed");
      },
    },
    {
      path: "/admin/sessions/:id/end",
      async act({ context, actor, params }) {
        await endSession(context, numberOf(params["id"]), actor);
        return seeOther("/admin/sessions?done=ended");
      },
    },
    {
      path: "/admin/sessions/end-others",
      async act({ context, actor, session }, form) {
        requireAgreed(form);
        await endOtherSessions(context, session.id, actor);
        return seeOther("/admin/sessions?done=others_ended");
      },
    },
  ],
};

/** A key in the reply itself: an address that showed it would show it again. */
export function secretView(title: string, page: SecretPage): View {
  return { title, data: title, content: (frame) => SecretView({ frame, page }), live: false };
}

/** The box that asks once more; browsers insist on it, programs may not. Faults: `invalid_request`. */
export function requireAgreed(form: URLSearchParams): void {
  if (form.get("agreed") === "yes") return;
  throw new Fault("invalid_request", "this was not confirmed", "go back and tick the box");
}

/** A number in a path; one that is none names nothing. */
export function numberOf(text: string | undefined): number {
  return /^\d{1,15}$/.test(text ?? "") ? Number(text) : 0;
}

async function newViewerKey({ context, actor }: PageVisit, form: URLSearchParams): Promise<View> {
  if ((await viewerKeyState(context)).source === "made") requireAgreed(form);
  const { viewer_key } = await makeViewerKey(context, actor);
  return secretView("Key for viewers", {
    what: "Key for viewers",
    secret: viewer_key,
    next: ["Whoever has it signs in with it and can change nothing. The former key, if there was one, has ended."],
    back: { href: "/admin", label: "Admin" },
  });
}

async function sessionsPage({ context, session, query }: PageVisit): Promise<View> {
  const page: SessionsPage = {
    sessions: await listSessions(context),
    ownId: session.id,
    done: sentenceOf(query, "done", DONE),
  };
  return { title: "Sessions", data: page, content: (frame) => SessionsView({ frame, page }) };
}
