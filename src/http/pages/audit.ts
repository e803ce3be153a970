import { AuditView } from "../../../views/audit/audit.tsx";
import type { AuditPage } from "../../../views/audit/model.ts";
import { AUDIT_ACTIONS } from "../../domain/audit.ts";
import {
  AUDIT_COUNT_MAX,
  auditPage,
  countAudit,
  everyAuditPage,
  type AuditQuery,
  type AuditItem,
} from "../../domain/dashboard/audit.ts";
import { csvReply } from "../csv.ts";
import type { PageSet, PageVisit, View } from "../page.ts";
import { afterOf, choice, day, given, sizeOf } from "../query.ts";

/** Who did what: for everybody who is signed in, since nothing in it is secret and an auditor only reads. */
export const auditPages: PageSet = {
  pages: [{ path: "/admin/audit", read: auditView }],
  downloads: [{ path: "/admin/audit.csv", send: sendFile }],
};

function sendFile({ context, query, nowMs }: PageVisit): Promise<Response> {
  const asked = auditQuery(query);
  const json = (fields: AuditItem["before"]) => (fields === null ? null : JSON.stringify(fields));
  return csvReply<AuditItem>({
    name: "audit",
    nowMs,
    filter: Object.entries(asked).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, String(value)] as const],
    ),
    zone: choice(query, "zone", ["utc", "rig"]) ?? "utc",
    columns: [
      { name: "at_utc", value: ({ at }) => at },
      { name: "actor", value: ({ actor }) => actor },
      { name: "address", value: ({ address }) => address },
      { name: "action", value: ({ action }) => action },
      { name: "target", value: ({ target }) => target },
      { name: "before", value: ({ before }) => json(before) },
      { name: "after", value: ({ after }) => json(after) },
      { name: "detail", value: ({ detail }) => json(detail) },
      { name: "request_id", value: ({ request_id }) => request_id },
      { name: "entry", value: ({ id }) => id },
    ],
    pages: everyAuditPage(context, asked),
    log: context.log,
  });
}

async function auditView({ context, query }: PageVisit): Promise<View> {
  const asked = auditQuery(query);
  const size = sizeOf(query);
  const [list, total] = await Promise.all([
    auditPage(context, asked, { limit: size, ...afterOf(query) }),
    countAudit(context, asked),
  ]);
  const { action, actor, target, from, to } = asked;
  const page: AuditPage = {
    filters: { action, actor, target, from, to },
    actions: AUDIT_ACTIONS,
    rows: list.rows,
    next: list.next,
    size,
    total,
    countedTo: AUDIT_COUNT_MAX,
  };
  return { title: "Audit", data: page, content: (frame) => AuditView({ frame, page }) };
}

function auditQuery(query: URLSearchParams): AuditQuery {
  return {
    action: choice(query, "action", AUDIT_ACTIONS),
    actor: given(query, "actor"),
    target: given(query, "target"),
    from: day(query, "from"),
    to: day(query, "to"),
  };
}
