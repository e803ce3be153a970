import type { ISql } from "postgres";

export interface NewSession {
  readonly token_hash: Uint8Array;
  readonly role: "admin" | "viewer";
  readonly key_hash: Uint8Array;
  readonly form_token: string;
  readonly created_at: Date;
  readonly last_used_at: Date;
  readonly expires_at: Date;
  readonly address: string;
}

export interface SessionRow extends NewSession {
  readonly id: number;
  /** Of the key of its role that the hub made itself, as it is now; null when it made none. */
  readonly made_hash: Uint8Array | null;
}

/** Clears the expired, and the least recently used of the role beyond `keep`, on the way. Returns its id. */
export async function insertSession(sql: ISql, session: NewSession, keep: number): Promise<number> {
  const [row] = await sql<{ id: number }[]>`insert into admin_sessions ${sql(session)} returning id`;
  await sql`
    delete from admin_sessions
    where expires_at <= ${session.created_at} or token_hash in (
      select token_hash from admin_sessions where role = ${session.role}
      order by last_used_at desc, id desc offset ${keep})`;
  return row?.id ?? 0;
}

export async function sessionByToken(sql: ISql, tokenHash: Uint8Array): Promise<SessionRow | undefined> {
  const [row] = await sql<SessionRow[]>`select ${columns(sql)} where token_hash = ${tokenHash}`;
  return row;
}

/** The last used first. */
export async function sessionRows(sql: ISql): Promise<SessionRow[]> {
  return sql<SessionRow[]>`select ${columns(sql)} order by last_used_at desc, id desc`;
}

export async function touchSession(sql: ISql, tokenHash: Uint8Array, at: Date): Promise<void> {
  await sql`update admin_sessions set last_used_at = ${at} where token_hash = ${tokenHash}`;
}

export interface EndedSession {
  readonly id: number;
  readonly role: "admin" | "viewer";
  readonly address: string;
  readonly created_at: Date;
}

export async function deleteSession(sql: ISql, tokenHash: Uint8Array): Promise<EndedSession | undefined> {
  const [row] = await sql<EndedSession[]>`
    delete from admin_sessions where token_hash = ${tokenHash} returning id, role, address, created_at`;
  return row;
}

export async function deleteSessionById(sql: ISql, id: number): Promise<EndedSession | undefined> {
  const [row] = await sql<EndedSession[]>`
    delete from admin_sessions where id = ${id} returning id, role, address, created_at`;
  return row;
}

export async function deleteOtherSessions(sql: ISql, keepId: number): Promise<number> {
  return (await sql`delete from admin_sessions where id <> ${keepId}`).count;
}

export async function deleteSessionsOf(sql: ISql, role: "admin" | "viewer"): Promise<number> {
  return (await sql`delete from admin_sessions where role = ${role}`).count;
}

function columns(sql: ISql) {
  return sql`
    s.id, s.token_hash, s.role, s.key_hash, s.form_token, s.created_at, s.last_used_at, s.expires_at, s.address,
    k.hash as made_hash
    from admin_sessions s left join hub_secrets k on k.name = s.role || '_key'`;
}
