import type { ISql } from "postgres";

export type SecretName = "admin_key" | "viewer_key";

export interface SecretRow {
  readonly name: SecretName;
  readonly hash: Uint8Array;
  readonly created_at: Date;
}

/** False when there is one already: of two hubs that start at once, one makes the key. */
export async function insertSecret(sql: ISql, secret: SecretRow): Promise<boolean> {
  const rows = await sql`
    insert into hub_secrets ${sql(secret)}
    on conflict (name) do nothing
    returning name`;
  return rows.length === 1;
}

export async function replaceSecret(sql: ISql, secret: SecretRow): Promise<void> {
  await sql`
    insert into hub_secrets ${sql(secret)}
    on conflict (name) do update set hash = excluded.hash, created_at = excluded.created_at`;
}

/** False when there was none. */
export async function deleteSecret(sql: ISql, name: SecretName): Promise<boolean> {
  const rows = await sql`delete from hub_secrets where name = ${name} returning name`;
  return rows.length === 1;
}

export async function secretRows(sql: ISql): Promise<SecretRow[]> {
  return sql<SecretRow[]>`select name, hash, created_at from hub_secrets where name in ('admin_key', 'viewer_key')`;
}
