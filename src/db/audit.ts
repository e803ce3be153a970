import type { ISql } from "postgres";

/** What JSON can say, and so a page too. */
export type AuditValue =
  | string
  | number
  | boolean
  | null
  | readonly AuditValue[]
  | { readonly [name: string]: AuditValue };
export type AuditFields = Readonly<Record<string, AuditValue>>;

export interface AuditEntry {
  readonly at: Date;
  readonly actor: string;
  readonly address: string;
  readonly request_id: string | null;
  readonly action: string;
  readonly target: string | null;
  readonly before: AuditFields | null;
  readonly after: AuditFields | null;
  readonly detail: AuditFields;
}

export async function insertAudit(sql: ISql, entry: AuditEntry): Promise<void> {
  const json = (fields: AuditFields | null) => (fields === null ? null : sql.json(fields));
  const { before, after, detail } = entry;
  await sql`
    insert into admin_audit
      ${sql({ ...entry, before: json(before), after: json(after), detail: sql.json(detail) })}`;
}

export interface AuditFilter {
  readonly action?: string | undefined;
  readonly actor?: string | undefined;
  readonly target?: string | undefined;
  /** From this moment on. */
  readonly from?: Date;
  /** Up to, and not with, this moment. */
  readonly to?: Date;
}

export interface AuditRow extends AuditEntry {
  readonly id: number;
}

/** The newest first; `after` is the last entry of the page before. */
export async function auditRows(
  sql: ISql,
  filter: AuditFilter,
  { limit, after }: { readonly limit: number; readonly after?: { readonly at: Date; readonly id: number } | undefined },
): Promise<AuditRow[]> {
  return sql<AuditRow[]>`
    select id, at, actor, address, request_id, action, target, before, after, detail
    from admin_audit
    where ${matches(sql, filter)}
      ${after === undefined ? sql`` : sql`and (at, id) < (${after.at}, ${after.id})`}
    order by at desc, id desc
    limit ${limit}`;
}

/** At most `max`: counting all of a table that only grows costs more than anybody learns. */
export async function auditCount(sql: ISql, filter: AuditFilter, max: number): Promise<number> {
  const [row] = await sql<{ found: number }[]>`
    select count(*) as found
    from (select from admin_audit where ${matches(sql, filter)} limit ${max}) as counted`;
  return row?.found ?? 0;
}

function matches(sql: ISql, { action, actor, target, from, to }: AuditFilter) {
  return sql`
    true
    ${action === undefined ? sql`` : sql`and action = ${action}`}
    ${actor === undefined ? sql`` : sql`and actor = ${actor}`}
    ${target === undefined ? sql`` : sql`and target = ${target}`}
    ${from === undefined ? sql`` : sql`and at >= ${from}`}
    ${to === undefined ? sql`` : sql`and at < ${to}`}`;
}
