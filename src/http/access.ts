import { bearerKey } from "../base/api-key.ts";
import { Fault } from "../base/fault.ts";
import { roleOfKey } from "../domain/admin.ts";
import type { Actor, HubContext, RigIdentity, Role } from "../domain/context.ts";
import { authenticateRig } from "../domain/rigs.ts";
import { HEADERS } from "../wire/protocol.ts";
import { readSessionCookie, sessionOf } from "./session-cookie.ts";

/** The rig of the key, and of nothing else; a stated X-Rig-ID must agree. */
export async function requireRig(context: HubContext, request: Request): Promise<RigIdentity> {
  const rig = await authenticateRig(context, requestKey(request));
  checkClaimedRig(request, rig.rigId);
  return rig;
}

/** For what changes something. Faults: `unauthorised`, `forbidden` for a viewer and for a rig. */
export async function requireAdmin(context: HubContext, request: Request): Promise<void> {
  const role = await roleOf(context, request);
  if (role === "admin") return;
  if (role === "viewer") throw new Fault("forbidden", "a viewer's key changes nothing", "use the admin's key");
  throw await noReader(context, request);
}

/** For what an admin and a viewer may read. Faults: `unauthorised`, `forbidden` for a rig. */
export async function requireReader(context: HubContext, request: Request): Promise<Role> {
  const role = await roleOf(context, request);
  if (role === undefined) throw await noReader(context, request);
  return role;
}

/** Undefined for an admin or a viewer, else the rig. */
export async function requireRigOrReader(context: HubContext, request: Request): Promise<RigIdentity | undefined> {
  return (await roleOf(context, request)) === undefined ? requireRig(context, request) : undefined;
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

/** A signed-in person's page may read the JSON too. Changes need the key itself: a cookie alone is what a forged form has. */
async function roleOf(context: HubContext, request: Request): Promise<Role | undefined> {
  const key = requestKey(request);
  if (key !== undefined) return roleOfKey(context, key);
  if (request.method !== "GET") return undefined;
  return (await sessionOf(context, readSessionCookie(request)))?.role;
}

async function noReader(context: HubContext, request: Request): Promise<Fault> {
  const rig = await rigOrNothing(context, request);
  if (rig !== undefined) return new Fault("forbidden", "a rig's key does not open this", "use the admin's key");
  return new Fault(
    "unauthorised",
    "the admin's key is missing or wrong",
    "send Authorization: Bearer with FLEET_ADMIN_KEY",
  );
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
