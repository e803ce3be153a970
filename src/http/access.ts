import { bearerKey } from "../base/api-key.ts";
import { Fault } from "../base/fault.ts";
import { checkAdminKey } from "../domain/admin.ts";
import type { Actor, HubContext, RigIdentity } from "../domain/context.ts";
import { authenticateRig } from "../domain/rigs.ts";
import { HEADERS } from "../wire/protocol.ts";
import { readSessionCookie, sessionOf } from "./session-cookie.ts";

/** The rig of the key, and of nothing else; a stated X-Rig-ID must agree. */
export async function requireRig(context: HubContext, request: Request): Promise<RigIdentity> {
  const rig = await authenticateRig(context, requestKey(request));
  checkClaimedRig(request, rig.rigId);
  return rig;
}

/** A signed-in admin's page may read the JSON too. Changes need the key itself: a cookie alone is what a forged form has. */
export async function requireAdmin(context: HubContext, request: Request): Promise<void> {
  if (await isAdmin(context, request)) return;
  const rig = await rigOrNothing(context, request);
  if (rig !== undefined) throw new Fault("forbidden", "a rig's key does not open this", "use the admin's key");
  throw new Fault(
    "unauthorised",
    "the admin's key is missing or wrong",
    "send Authorization: Bearer with FLEET_ADMIN_KEY",
  );
}

/** Undefined for an admin, else the rig. */
export async function requireRigOrAdmin(context: HubContext, request: Request): Promise<RigIdentity | undefined> {
  return (await isAdmin(context, request)) ? undefined : requireRig(context, request);
}

export function requestKey(request: Request): string | undefined {
  return bearerKey(request.headers.get("authorization"));
}

export function claimedRigId(request: Request): string | undefined {
  return request.headers.get(HEADERS.rigId) ?? undefined;
}

export function adminActor(address: string, requestId: string): Actor {
  return { name: "admin", address, requestId };
}

async function isAdmin(context: HubContext, request: Request): Promise<boolean> {
  const key = requestKey(request);
  if (key !== undefined) return checkAdminKey(context, key);
  if (request.method !== "GET") return false;
  return (await sessionOf(context, readSessionCookie(request))) !== undefined;
}

async function rigOrNothing(context: HubContext, request: Request): Promise<RigIdentity | undefined> {
  try {
    return await authenticateRig(context, requestKey(request));
  } catch (error) {
    if (error instanceof Fault) return undefined;
    throw error;
  }
}

function checkClaimedRig(request: Request, rigId: string): void {
  const claimed = claimedRigId(request);
  if (claimed === undefined || claimed === rigId) return;
  throw new Fault("rig_mismatch", `${HEADERS.rigId} names another rig than the key`, `send ${rigId} or leave it out`);
}
