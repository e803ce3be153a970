import { Fault } from "../../base/fault.ts";
import { lockEnrolmentsOf } from "../../db/enrolments.ts";
import { isProven, readRequestLine } from "../../wire/enrol-request.ts";
import type { Actor, HubContext } from "../context.ts";
import { enrolOrTell, type Enrolled } from "../enrolment-use.ts";

/** Codes of one rig, the newest first; one of them is open at most, and a used one is worth an entry. */
const CODES_TRIED_MAX = 20;

/**
 * Enrols a rig that has no way here yet, by the line that it printed: whoever made it had the rig's code. Its API key was
 * made there, so nothing has to be carried back. Faults: `schema`, `not_found`, `gone`, `already_registered`, `conflict`.
 */
export async function acceptRequest(context: HubContext, line: string, actor: Actor): Promise<Enrolled> {
  const request = readRequestLine(line);
  const accepted = await context.sql.begin(async (tx) => {
    const codes = await lockEnrolmentsOf(tx, request.rig_id, CODES_TRIED_MAX);
    const enrolment = codes.find(({ code_hash }) => isProven(request, code_hash));
    if (enrolment === undefined) throw unproven(request.rig_id);
    const public_key = request.public_key === "" ? undefined : request.public_key;
    return enrolOrTell(context, tx, enrolment, { api_key_hash: request.api_key_hash, public_key }, actor);
  });
  if (accepted instanceof Fault) throw accepted;
  return accepted;
}

function unproven(rigId: string): Fault {
  return new Fault(
    "not_found",
    `no code of rig ${rigId} made this request`,
    "give the whole line, or make a new file with fleet-hub rig enroll",
  );
}
