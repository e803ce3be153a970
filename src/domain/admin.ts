import { constantTimeEqual } from "@oslojs/crypto/subtle";
import { KEY_LENGTH_MAX, keyHash, newAdminKey, newViewerKey } from "../base/api-key.ts";
import { Fault } from "../base/fault.ts";
import { deleteSessionsOf } from "../db/admin-sessions.ts";
import { deleteSecret, insertSecret, replaceSecret, secretRows, type SecretRow } from "../db/hub-secrets.ts";
import { audit } from "./audit.ts";
import type { Actor, HubContext, Role } from "./context.ts";

/** What the hub does by itself. */
const HUB: Actor = { name: "hub", address: "local" };

/**
 * Sees to it that there is an admin key: the one of the settings, else one that the hub made on its first start and
 * keeps as a hash. `shownOnce` is that key, in the start that made it and never again.
 */
export async function ensureAdminKey(context: HubContext): Promise<{ shownOnce?: string }> {
  if (context.settings.admin_key !== undefined) return {};
  const key = newAdminKey(context.random);
  const made = await context.sql.begin(async (tx) => {
    const inserted = await insertSecret(tx, secretOf(context, "admin_key", key));
    if (inserted) await audit({ ...context, sql: tx }, HUB, "admin_key.make", null);
    return inserted;
  });
  return made ? { shownOnce: key } : {};
}

/** Undefined for any other key, in the same time for every one of them. */
export async function roleOfKey(context: HubContext, key: string | undefined): Promise<Role | undefined> {
  if (key === undefined || key.length > KEY_LENGTH_MAX) return undefined;
  const hash = keyHash(key);
  const made = await secretRows(context.sql);
  const isAdmin = isKeyOf(context, "admin", hash, madeHash(made, "admin"));
  const isViewer = isKeyOf(context, "viewer", hash, madeHash(made, "viewer"));
  if (isAdmin) return "admin";
  return isViewer ? "viewer" : undefined;
}

/** A key of the settings takes the place of the one that the hub made, whose hash `made` is. */
export function isKeyOf(
  { settings }: HubContext,
  role: Role,
  hash: Uint8Array,
  made: Uint8Array | null | undefined,
): boolean {
  const given = settings[`${role}_key`];
  const expected = given === undefined ? made : keyHash(given);
  return expected !== undefined && expected !== null && constantTimeEqual(hash, expected);
}

/** Where the viewers' key comes from; `made_at` when an admin made it here. */
export type ViewerKeyState =
  | { readonly source: "settings" | "none"; readonly made_at: null }
  | { readonly source: "made"; readonly made_at: string };

export async function viewerKeyState({ sql, settings }: HubContext): Promise<ViewerKeyState> {
  if (settings.viewer_key !== undefined) return { source: "settings", made_at: null };
  const made = (await secretRows(sql)).find(({ name }) => name === "viewer_key");
  return made === undefined
    ? { source: "none", made_at: null }
    : { source: "made", made_at: made.created_at.toISOString() };
}

/** A new key for viewers, the only time that it is seen; the former ends with its sessions. Faults: `conflict`. */
export async function makeViewerKey(context: HubContext, actor: Actor): Promise<{ viewer_key: string }> {
  refuseGiven(context);
  const viewer_key = newViewerKey(context.random);
  await context.sql.begin(async (tx) => {
    const before = await describeMade(tx);
    await replaceSecret(tx, secretOf(context, "viewer_key", viewer_key));
    const sessions_ended = await deleteSessionsOf(tx, "viewer");
    const change = { before, after: await describeMade(tx), detail: { sessions_ended } };
    await audit({ ...context, sql: tx }, actor, "viewer_key.make", null, change);
  });
  return { viewer_key };
}

/** Returns how many sessions ended with it. Faults: `conflict`, `not_found`. */
export async function removeViewerKey(context: HubContext, actor: Actor): Promise<{ sessions_ended: number }> {
  refuseGiven(context);
  return context.sql.begin(async (tx) => {
    const before = await describeMade(tx);
    if (!(await deleteSecret(tx, "viewer_key"))) {
      throw new Fault("not_found", "there is no viewer key", "nothing is left to remove");
    }
    const sessions_ended = await deleteSessionsOf(tx, "viewer");
    const change = { before, after: await describeMade(tx), detail: { sessions_ended } };
    await audit({ ...context, sql: tx }, actor, "viewer_key.remove", null, change);
    return { sessions_ended };
  });
}

async function describeMade(sql: Parameters<typeof secretRows>[0]): Promise<{ made_at: string | null }> {
  const made = (await secretRows(sql)).find(({ name }) => name === "viewer_key");
  return { made_at: made?.created_at.toISOString() ?? null };
}

function secretOf({ clock }: HubContext, name: SecretRow["name"], key: string): SecretRow {
  return { name, hash: keyHash(key), created_at: new Date(clock.now()) };
}

function madeHash(made: readonly SecretRow[], role: Role): Uint8Array | undefined {
  return made.find(({ name }) => name === `${role}_key`)?.hash;
}

function refuseGiven({ settings }: HubContext): void {
  if (settings.viewer_key === undefined) return;
  throw new Fault("conflict", "the viewer key stands in the hub's settings", "change FLEET_VIEWER_KEY and restart");
}
