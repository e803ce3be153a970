import { isOutage } from "../db/errors.ts";
import { contentDigest } from "../base/digest.ts";
import { Fault, type FaultCode } from "../base/fault.ts";
import type { Log } from "../base/log.ts";
import { HEADERS } from "../wire/protocol.ts";

const STATUS: Readonly<Partial<Record<FaultCode, number>>> = {
  invalid_request: 400,
  invalid_json: 400,
  invalid_encoding: 400,
  digest_mismatch: 400,
  unauthorised: 401,
  rig_revoked: 403,
  rig_mismatch: 403,
  forbidden: 403,
  not_found: 404,
  method_not_allowed: 405,
  timeout: 408,
  gone: 410,
  already_registered: 409,
  conflict: 409,
  too_large: 413,
  unsupported_media_type: 415,
  schema: 422,
  risk_too_low: 422,
  rate_limited: 429,
  overloaded: 503,
  unavailable: 503,
};
const INTERNAL = 500;
/** When the database is away: long enough for a failover, short enough for a driller. */
const RETRY_AFTER_S = 5;
const SHOWN_PATH_MAX = 200;

export function json(status: number, value: unknown, headers: Readonly<Record<string, string>> = {}): Response {
  return Response.json(value, { status, headers: { "Cache-Control": "no-store", ...headers } });
}

/** Bytes as a body. The type of a Uint8Array does not say that it is never over shared memory; ours never is. */
export function bytesBody(bytes: Uint8Array): Uint8Array<ArrayBuffer> {
  return bytes.buffer instanceof ArrayBuffer
    ? new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength)
    : bytes.slice();
}

/**
 * `{error, code}`: the sentence for people, the code for our own spoke. With its digest: a rig sets an event aside for
 * a refusal's code, and one byte that was damaged on the way makes another code of it.
 */
export function faultReply(fault: Fault): Response {
  const status = faultStatus(fault);
  const isOurs = status === INTERNAL;
  const body = { error: isOurs ? fault.message : fault.sentence, code: fault.code };
  const digest = contentDigest(new TextEncoder().encode(JSON.stringify(body)));
  return json(status, body, { ...(isOurs ? {} : faultHeaders(fault)), [HEADERS.contentDigest]: digest });
}

export function faultStatus({ code }: Fault): number {
  return STATUS[code] ?? INTERNAL;
}

function faultHeaders({ code, retryAfterS }: Fault): Record<string, string> {
  return {
    ...(retryAfterS === undefined ? {} : { "Retry-After": `${retryAfterS}` }),
    ...(code === "unauthorised" ? { "WWW-Authenticate": "Bearer" } : {}),
    // The runtime keeps the connection of an answered request open for the rest of its body, however long that drips.
    ...(code === "timeout" ? { Connection: "close" } : {}),
  };
}

/** Whatever was thrown, as a reply. What is not a refusal is logged here, once, and shows no internal. */
export function errorReply(error: unknown, log: Log): Response {
  if (error instanceof Fault) {
    if (error.code === "corrupt") log.error("request.corrupt_data", { error });
    return faultReply(error);
  }
  if (isOutage(error)) {
    log.warn("request.database_away", { error });
    return faultReply(new Fault("unavailable", "the database does not answer", "try again shortly", RETRY_AFTER_S));
  }
  log.error("request.failed", { error });
  return json(INTERNAL, { error: "the hub failed at this request; its log has the request id", code: "internal" });
}

export function nothingThere(request: Request): Fault {
  const { pathname } = new URL(request.url);
  return new Fault(
    "not_found",
    `there is nothing at ${request.method} ${pathname.slice(0, SHOWN_PATH_MAX)}`,
    "GET /openapi lists the routes",
  );
}
