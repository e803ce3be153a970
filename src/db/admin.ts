import type { ISql, JSONValue } from "postgres";

const ADMIN_KEY = "admin_key";

/** False when there is one already: of two hubs that start at once, one makes the key. */
export async function insertAdminHash(sql: ISql, hash: Uint8Array, at: Date): Promise<boolean> {
  const rows = await sql`
    insert into hub_secrets ${sql({ name: ADMIN_KEY, hash, created_at: at })}
    on conflict (name) do nothing
    returning name`;
  return rows.length === 1;
}

export async function adminHash(sql: ISql): Promise<Uint8Array | undefined> {
  const [row] = await sql<{ hash: Uint8Array }[]>`select hash from hub_secrets where name = ${ADMIN_KEY}`;
  return row?.hash;
}

export interface AuditEntry {
  readonly at: Date;
  readonly actor: string;
  readonly address: string;
  readonly request_id: string | null;
  readonly action: string;
  readonly target: string | null;
  readonly detail: Readonly<Record<string, JSONValue>>;
}

export async function insertAudit(sql: ISql, entry: AuditEntry): Promise<void> {
  await sql`insert into admin_audit ${sql({ ...entry, detail: sql.json(entry.detail) })}`;
}
