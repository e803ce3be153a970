import { constantTimeEqual } from "@oslojs/crypto/subtle";
import { encodeBase64urlNoPadding } from "@oslojs/encoding";
import type { ISql, JSONValue } from "postgres";
import { KEY_LENGTH_MAX, keyHash, newAdminKey } from "../base/api-key.ts";
import type { Clock } from "../base/clock.ts";
import { Fault } from "../base/fault.ts";
import { adminHash, insertAdminHash, insertAudit } from "../db/admin.ts";
import { deleteSession, insertSession, sessionByToken, touchSession, type SessionRow } from "../db/admin-sessions.ts";
import type { Actor, HubContext } from "./context.ts";

const MINUTE_MS = 60_000;
export const SESSION_IDLE_MS = 30 * MINUTE_MS;
export const SESSION_MAX_MS = 12 * 60 * MINUTE_MS;
/** Logins that may stand at once; the least recently used end first. */
export const SESSIONS_MAX = 100;
/** A page that polls writes the session at most this often. */
const TOUCH_EVERY_MS = MINUTE_MS;
const TOKEN_BYTES = 32;
const TOKEN_LENGTH_MAX = 64;

/**
 * Sees to it that there is an admin key: the one of the settings, else one that the hub made on its first start and
 * keeps as a hash. `shownOnce` is that key, in the start that made it and never again.
 */
export async function ensureAdminKey(context: HubContext): Promise<{ shownOnce?: string }> {
  if (context.settings.admin_key !== undefined) return {};
  const key = newAdminKey(context.random);
  const made = await insertAdminHash(context.sql, keyHash(key), new Date(context.clock.now()));
  return made ? { shownOnce: key } : {};
}

/** Takes the same time for every wrong key. */
export async function checkAdminKey(context: HubContext, key: string | undefined): Promise<boolean> {
  if (key === undefined || key.length > KEY_LENGTH_MAX) return false;
  const expected = await currentAdminHash(context);
  return expected !== undefined && constantTimeEqual(keyHash(key), expected);
}

export interface OpenedSession {
  /** For the cookie. */
  readonly token: string;
  /** Every form hands it back: another site cannot know it. */
  readonly formToken: string;
  readonly expiresAt: Date;
}

/** Faults: `unauthorised`. */
export async function openSession(
  context: HubContext,
  key: string,
  address: string,
  requestId?: string,
): Promise<OpenedSession> {
  if (!(await checkAdminKey(context, key))) {
    throw new Fault("unauthorised", "the admin key is wrong", "the hub showed it once, at its first start");
  }
  const [token, formToken] = [newToken(context), newToken(context)];
  const now = new Date(context.clock.now());
  const expiresAt = new Date(now.getTime() + SESSION_MAX_MS);
  const session: SessionRow = {
    token_hash: keyHash(token),
    key_hash: keyHash(key),
    form_token: formToken,
    created_at: now,
    last_used_at: now,
    expires_at: expiresAt,
    address,
  };
  await context.sql.begin(async (tx) => {
    await insertSession(tx, session, SESSIONS_MAX);
    const actor = { name: "admin", address, ...(requestId === undefined ? {} : { requestId }) };
    await audit({ ...context, sql: tx }, actor, "session.open", null);
  });
  return { token, formToken, expiresAt };
}

/** Undefined when it is unknown, idle for 30 minutes, 12 hours old, or opened with a key that is no longer the admin's. */
export async function readSession(
  context: HubContext,
  token: string | undefined,
): Promise<{ formToken: string } | undefined> {
  if (token === undefined || token.length > TOKEN_LENGTH_MAX) return undefined;
  const session = await sessionByToken(context.sql, keyHash(token));
  const expected = await currentAdminHash(context);
  const nowMs = context.clock.now();
  if (session === undefined || expected === undefined || !isAlive(session, nowMs)) return undefined;
  if (!constantTimeEqual(session.key_hash, expected)) return undefined;
  if (nowMs - session.last_used_at.getTime() >= TOUCH_EVERY_MS) {
    await touchSession(context.sql, session.token_hash, new Date(nowMs));
  }
  return { formToken: session.form_token };
}

/** Nothing happens when there is no such session. */
export async function closeSession({ sql }: HubContext, token: string): Promise<void> {
  await deleteSession(sql, keyHash(token));
}

/** What an audit needs: in a transaction, its `sql`, so that the entry stands or falls with the deed. */
export interface AuditContext {
  readonly sql: ISql;
  readonly clock: Clock;
}

/** Who did what to what. Nothing secret goes into `detail`. */
export async function audit(
  { sql, clock }: AuditContext,
  actor: Actor,
  action: string,
  target: string | null,
  detail: Readonly<Record<string, JSONValue>> = {},
): Promise<void> {
  const { name, address, requestId = null } = actor;
  const at = new Date(clock.now());
  await insertAudit(sql, { at, actor: name, address, request_id: requestId, action, target, detail });
}

/** Undefined before the first start is over: then no key is good. */
async function currentAdminHash({ sql, settings }: HubContext): Promise<Uint8Array | undefined> {
  return settings.admin_key === undefined ? adminHash(sql) : keyHash(settings.admin_key);
}

function isAlive({ last_used_at, expires_at }: SessionRow, nowMs: number): boolean {
  return nowMs < expires_at.getTime() && nowMs - last_used_at.getTime() < SESSION_IDLE_MS;
}

function newToken({ random }: HubContext): string {
  return encodeBase64urlNoPadding(random.bytes(TOKEN_BYTES));
}
