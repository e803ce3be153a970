import type { Fault, FaultCode } from "../../src/base/fault.ts";

/** What each refusal is in HTTP; anything not named here is 400. */
const STATUS: Partial<Record<FaultCode, number>> = {
  schema: 422,
  risk_too_low: 422,
  rig_mismatch: 422,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  conflict: 409,
  too_large: 413,
  unsupported_media_type: 415,
  timeout: 504,
  unavailable: 503,
  unauthorised: 502,
  queue_full: 507,
  corrupt: 500,
};

export function json(status: number, value: unknown): Response {
  return Response.json(value, { status, headers: { "cache-control": "no-store" } });
}

/** `{"error": reason and way out, "code"}`; a fault is the caller's to see, anything else is not. */
export function errorReply(error: Fault): Response {
  return json(STATUS[error.code] ?? 400, { error: error.sentence, code: error.code });
}

export function internalReply(): Response {
  return json(500, { error: "the spoke could not do this: its log says why", code: "internal" });
}
