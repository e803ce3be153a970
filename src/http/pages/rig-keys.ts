import type { RigKeysPage } from "../../../views/admin/model.ts";
import { RevokeView, RigKeysView } from "../../../views/admin/rig-keys.tsx";
import { utc } from "../../../views/parts/time.tsx";
import { endOldKey, rigKeys, rotateRigKey } from "../../domain/rig-keys.ts";
import { revokeRig } from "../../domain/rigs.ts";
import { seeOther } from "../html.ts";
import type { PageSet, PageVisit, View } from "../page.ts";
import { sentenceOf } from "../query.ts";
import { requireAgreed, secretView } from "./admin.ts";

const UNPROCESSABLE = 422;

const DONE: Readonly<Record<string, string>> = {
  old_key_ended: "The old key opens nothing any more.",
  revoked: "The rig is revoked: its next request is refused.",
};

/** Keys of a rig: which it uses, a new one, the end of the old one, the end of all. */
export const rigKeyPages: PageSet = {
  pages: [
    { path: "/admin/rigs/:id", read: keysView },
    { path: "/admin/rigs/:id/rotate", read: keysView },
    { path: "/admin/rigs/:id/revoke", read: (visit) => revokeView(visit) },
  ],
  deeds: [
    { path: "/admin/rigs/:id/rotate", act: rotate },
    { path: "/admin/rigs/:id/end-old-key", act: endOld },
    { path: "/admin/rigs/:id/revoke", act: revoke },
  ],
};

async function keysView(visit: PageVisit): Promise<View> {
  const page = await pageOf(visit);
  return { title: `Keys of ${page.rig_id}`, data: page, content: (frame) => RigKeysView({ frame, page }) };
}

async function revokeView(visit: PageVisit, problem?: string): Promise<View> {
  const page = await pageOf(visit, problem);
  return {
    title: `Revoke ${page.rig_id}`,
    data: page,
    content: (frame) => RevokeView({ frame, page }),
    live: false,
    status: problem === undefined ? 200 : UNPROCESSABLE,
  };
}

async function pageOf(visit: PageVisit, problem?: string): Promise<RigKeysPage> {
  const { context, query } = visit;
  const rig_id = rigId(visit);
  return {
    rig_id,
    ...(await rigKeys(context, rig_id)),
    overlapHours: context.settings.key_overlap_hours,
    done: sentenceOf(query, "done", DONE),
    problem,
  };
}

async function rotate(visit: PageVisit): Promise<View> {
  const { api_key, previous_key_until } = await rotateRigKey(visit.context, rigId(visit), visit.actor);
  const old = previous_key_until === null ? "has ended" : `stays good until ${utc(previous_key_until)}`;
  return secretView(`New key of ${rigId(visit)}`, {
    what: "New key",
    secret: api_key,
    next: [
      `Put it into the rig's settings as api_key, or into its FLEET_API_KEY, and restart its spoke. The old key ${old}.`,
      "The page of its keys says when the rig has used the new one; then end the old one there.",
    ],
    back: { href: keysPath(visit), label: "Its keys" },
  });
}

async function endOld(visit: PageVisit, form: URLSearchParams): Promise<Response> {
  const { key_used_at, previous_key_used_at } = await rigKeys(visit.context, rigId(visit));
  const usesNew = key_used_at !== null && (previous_key_used_at === null || key_used_at > previous_key_used_at);
  if (!usesNew) requireAgreed(form);
  await endOldKey(visit.context, rigId(visit), visit.actor);
  return seeOther(`${keysPath(visit)}?done=old_key_ended`);
}

async function revoke(visit: PageVisit, form: URLSearchParams): Promise<Response | View> {
  const reason = form.get("reason")?.trim() ?? "";
  if (form.get("confirm")?.trim() !== rigId(visit)) {
    return revokeView(visit, "The name that was typed is not this rig's: nothing has changed.");
  }
  if (reason === "") return revokeView(visit, "Say why, for whoever reads the audit: nothing has changed.");
  await revokeRig(visit.context, rigId(visit), visit.actor, { reason });
  return seeOther(`${keysPath(visit)}?done=revoked`);
}

function rigId({ params }: PageVisit): string {
  return params["id"] ?? "";
}

function keysPath(visit: PageVisit): string {
  return `/admin/rigs/${encodeURIComponent(rigId(visit))}`;
}
