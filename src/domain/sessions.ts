import { encodeBase64urlNoPadding } from "@oslojs/encoding";
import { keyHash } from "../base/api-key.ts";
import { Fault } from "../base/fault.ts";
import {
  deleteOtherSessions,
  deleteSession,
  deleteSessionById,
  insertSession,
  sessionByToken,
  sessionRows,
  touchSession,
  type EndedSession,
  type SessionRow,
} from "../db/admin-sessions.ts";
import { isKeyOf, roleOfKey } from "./admin.ts";
import { audit } from "./audit.ts";
import type { Actor, HubContext, Role } from "./context.ts";

const MINUTE_MS = 60_000;
export const SESSION_IDLE_MS = 30 * MINUTE_MS;
export const SESSION_MAX_MS = 12 * 60 * MINUTE_MS;
/** Logins of a role that may stand at once; the least recently used end first. */
export const SESSIONS_MAX = 100;
/** A page that polls writes the session at most this often. */
const TOUCH_EVERY_MS = MINUTE_MS;
const TOKEN_BYTES = 32;
const TOKEN_LENGTH_MAX = 64;

export interface OpenedSession {
  readonly id: number;
  readonly role: Role;
  /** For the cookie. */
  readonly token: string;
  /** Every form hands it back: another site cannot know it. */
  readonly formToken: string;
  readonly expiresAt: Date;
}

export interface Session {
  readonly id: number;
  readonly role: Role;
  readonly formToken: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly address: string;
}

/** The key decides the role. A wrong one leaves its address in the audit, never itself. Faults: `unauthorised`. */
export async function openSession(
  context: HubContext,
  key: string,
  address: string,
  requestId?: string,
): Promise<OpenedSession> {
  const from = { address, ...(requestId === undefined ? {} : { requestId }) };
  const role = await roleOfKey(context, key);
  if (role === undefined) {
    await audit(context, { name: "anonymous", ...from }, "session.refused", null);
    throw new Fault("unauthorised", "the key is wrong", "ask whoever keeps it");
  }
  const [token, formToken] = [newToken(context), newToken(context)];
  const now = new Date(context.clock.now());
  const expiresAt = new Date(now.getTime() + SESSION_MAX_MS);
  const id = await context.sql.begin(async (tx) => {
    const opened = await insertSession(
      tx,
      {
        token_hash: keyHash(token),
        role,
        key_hash: keyHash(key),
        form_token: formToken,
        created_at: now,
        last_used_at: now,
        expires_at: expiresAt,
        address,
      },
      SESSIONS_MAX,
    );
    await audit({ ...context, sql: tx }, { name: role, ...from, sessionId: opened }, "session.open", null);
    return opened;
  });
  return { id, role, token, formToken, expiresAt };
}

/** Undefined when it is unknown, idle for 30 minutes, 12 hours old, or opened with a key that is no longer its role's. */
export async function readSession(context: HubContext, token: string | undefined): Promise<Session | undefined> {
  if (token === undefined || token.length > TOKEN_LENGTH_MAX) return undefined;
  const row = await sessionByToken(context.sql, keyHash(token));
  if (row === undefined || !isAlive(context, row)) return undefined;
  const nowMs = context.clock.now();
  if (nowMs - row.last_used_at.getTime() >= TOUCH_EVERY_MS) {
    await touchSession(context.sql, row.token_hash, new Date(nowMs));
  }
  const { id, role, form_token: formToken, created_at: createdAt, expires_at: expiresAt, address } = row;
  return { id, role, formToken, createdAt, expiresAt, address };
}

/** Nothing happens when there is no such session. */
export async function closeSession(
  context: HubContext,
  token: string,
  from: { readonly address: string; readonly requestId?: string },
): Promise<void> {
  await context.sql.begin(async (tx) => {
    const closed = await deleteSession(tx, keyHash(token));
    if (closed === undefined) return;
    const actor = { name: closed.role, ...from, sessionId: closed.id };
    await audit({ ...context, sql: tx }, actor, "session.close", sessionName(closed.id));
  });
}

export interface SessionView {
  readonly id: number;
  readonly role: Role;
  readonly address: string;
  readonly created_at: string;
  readonly last_used_at: string;
  readonly expires_at: string;
}

/** Those that open something now, the last used first. */
export async function listSessions(context: HubContext): Promise<SessionView[]> {
  const rows = await sessionRows(context.sql);
  return rows
    .filter((row) => isAlive(context, row))
    .map(({ id, role, address, created_at, last_used_at, expires_at }) => ({
      id,
      role,
      address,
      created_at: created_at.toISOString(),
      last_used_at: last_used_at.toISOString(),
      expires_at: expires_at.toISOString(),
    }));
}

/** Its next request is signed out. Faults: `not_found`. */
export async function endSession(context: HubContext, id: number, actor: Actor): Promise<void> {
  await context.sql.begin(async (tx) => {
    const ended = await deleteSessionById(tx, id);
    if (ended === undefined) throw new Fault("not_found", `there is no session ${id}`, "it has ended already");
    await audit({ ...context, sql: tx }, actor, "session.end", sessionName(id), { before: described(ended) });
  });
}

/** Every session but `keepId`, of either role; returns how many ended. */
export async function endOtherSessions(context: HubContext, keepId: number, actor: Actor): Promise<number> {
  return context.sql.begin(async (tx) => {
    const sessions_ended = await deleteOtherSessions(tx, keepId);
    await audit({ ...context, sql: tx }, actor, "session.end_others", null, { detail: { sessions_ended } });
    return sessions_ended;
  });
}

function isAlive(context: HubContext, { role, key_hash, made_hash, last_used_at, expires_at }: SessionRow): boolean {
  const nowMs = context.clock.now();
  const inTime = nowMs < expires_at.getTime() && nowMs - last_used_at.getTime() < SESSION_IDLE_MS;
  return inTime && isKeyOf(context, role, key_hash, made_hash);
}

function sessionName(id: number): string {
  return `session ${id}`;
}

function described({ role, address, created_at }: EndedSession): Record<string, string> {
  return { role, address, created_at: created_at.toISOString() };
}

function newToken({ random }: HubContext): string {
  return encodeBase64urlNoPadding(random.bytes(TOKEN_BYTES));
}
