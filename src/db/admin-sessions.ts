import type { ISql } from "postgres";

export interface SessionRow {
  readonly token_hash: Uint8Array;
  readonly key_hash: Uint8Array;
  readonly form_token: string;
  readonly created_at: Date;
  readonly last_used_at: Date;
  readonly expires_at: Date;
  readonly address: string;
}

/** Clears the expired, and the oldest beyond `keep`, on the way. */
export async function insertSession(sql: ISql, session: SessionRow, keep: number): Promise<void> {
  await sql`insert into admin_sessions ${sql(session)}`;
  await sql`
    delete from admin_sessions
    where expires_at <= ${session.created_at} or token_hash in (
      select token_hash from admin_sessions order by last_used_at desc, token_hash offset ${keep})`;
}

export async function sessionByToken(sql: ISql, tokenHash: Uint8Array): Promise<SessionRow | undefined> {
  const [row] = await sql<SessionRow[]>`select * from admin_sessions where token_hash = ${tokenHash}`;
  return row;
}

export async function touchSession(sql: ISql, tokenHash: Uint8Array, at: Date): Promise<void> {
  await sql`update admin_sessions set last_used_at = ${at} where token_hash = ${tokenHash}`;
}

export async function deleteSession(sql: ISql, tokenHash: Uint8Array): Promise<void> {
  await sql`delete from admin_sessions where token_hash = ${tokenHash}`;
}
