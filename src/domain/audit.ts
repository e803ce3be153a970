import type { ISql } from "postgres";
import type { Clock } from "../base/clock.ts";
import { insertAudit, type AuditFields } from "../db/audit.ts";
import type { Actor } from "./context.ts";

/** Every deed that leaves an entry; what people can ask for. */
export const AUDIT_ACTIONS = [
  "session.open",
  "session.refused",
  "session.close",
  "session.end",
  "session.end_others",
  "admin_key.make",
  "viewer_key.make",
  "viewer_key.remove",
  "enrolment.create",
  "enrolment.cancel",
  "enrolment.reused",
  "tunnel.begin",
  "tunnel.gateway",
  "rig.enrol",
  "rig.register",
  "rig.rotate_key",
  "rig.end_old_key",
  "rig.revoke",
  "rig.purge",
  "rig.purged",
  "quarantine.accepted",
  "quarantine.discarded",
  "quarantine.reopened",
  "curation.run",
  "epoch.raise",
  "event.recurate",
  "episode.separate",
  "episode.join",
] as const;
export type AuditAction = (typeof AUDIT_ACTIONS)[number];

/** What an audit needs: in a transaction, its `sql`, so that the entry stands or falls with the deed. */
export interface AuditContext {
  readonly sql: ISql;
  readonly clock: Clock;
}

/** What the target was, what it is, and what else is worth knowing. Nothing secret goes into any of them. */
export interface AuditChange {
  readonly before?: AuditFields;
  readonly after?: AuditFields;
  readonly detail?: AuditFields;
}

/** Who did what to what. */
export async function audit(
  { sql, clock }: AuditContext,
  { name, address, requestId, sessionId }: Actor,
  action: AuditAction,
  target: string | null,
  { before, after, detail = {} }: AuditChange = {},
): Promise<void> {
  await insertAudit(sql, {
    at: new Date(clock.now()),
    actor: name,
    address,
    request_id: requestId ?? null,
    action,
    target,
    before: before ?? null,
    after: after ?? null,
    detail: sessionId === undefined ? detail : { ...detail, session: sessionId },
  });
}
