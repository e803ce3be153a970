import type { ISql, JSONValue } from "postgres";

export type AuditFields = Readonly<Record<string, JSONValue>>;

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
