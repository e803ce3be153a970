import { hex } from "../base/digest.ts";
import { Fault } from "../base/fault.ts";
import { isStorable } from "../base/json.ts";
import type { Log } from "../base/log.ts";
import { FLEET_API, HEADERS } from "../wire/protocol.ts";
import { keepToEnrolment } from "./bootstrap-gate.ts";
import { errorPage } from "./html.ts";
import { encodedPage } from "./page-encoding.ts";
import type { Hub, Route, Visit } from "./hub.ts";
import type { Shell } from "./page-shell.ts";
import { errorReply, nothingThere } from "./replies.ts";

const UPLOAD = `${FLEET_API}/events`;
const ENROLL = `${FLEET_API}/enroll`;

/** What Elysia gives a handler, as far as ours look. */
export interface ElysiaContext {
  readonly request: Request;
  /** Absent where the path has none, whatever Elysia's types say. */
  readonly params?: Record<string, string>;
  readonly server: {
    requestIP(request: Request): { address: string } | null;
    timeout(request: Request, s: number): void;
  } | null;
}

/** Gives the request its id, runs it, counts it, and leaves one line in the log. */
export async function visit(
  shell: Shell,
  { request, params = {}, server }: ElysiaContext,
  route: Route,
): Promise<Response> {
  const { hub } = shell;
  const { clock, log, random } = hub.context;
  const started = clock.monotonic();
  const requestId = hex(random.bytes(8));
  const address = server?.requestIP(request)?.address ?? "local";
  const requestLog = log.child({ request_id: requestId });
  const visited: Visit = { requestId, address, allowSilence: (seconds) => server?.timeout(request, seconds) };
  const reply = await encodedPage(request, await answer(shell, route, request, visited, params, requestLog));
  reply.headers.set(HEADERS.requestId, requestId);
  hub.metrics.replied(route.path, reply.status);
  if (reply.status >= 500) {
    const at = new Date(clock.now()).toISOString();
    shell.faults.add({ at, request_id: requestId, method: request.method, route: route.path, status: reply.status });
  }
  const duration_ms = Math.round((clock.monotonic() - started) * 10) / 10;
  requestLog.info("request", { method: request.method, route: route.path, status: reply.status, duration_ms, address });
  return reply;
}

async function answer(
  { hub, assets }: Shell,
  { handle, path, refusal }: Route,
  request: Request,
  visited: Visit,
  params: Record<string, string>,
  log: Log,
): Promise<Response> {
  try {
    const enrols = path === ENROLL && request.method === "POST";
    keepToEnrolment(hub.context.settings, visited.address, { enrols });
    // What no database can hold is nobody's name; asking for it would fail.
    if (!Object.values(params).every(isStorable)) throw nothingThere(request);
    return await handle(request, visited, params);
  } catch (error) {
    if (error instanceof Fault) count(hub, path, error);
    const reply = errorReply(error, log);
    if (refusal === "json" || (refusal === "negotiated" && !asksForHtml(request))) return reply;
    return errorPage(reply, { request, requestId: visited.requestId, assets });
  }
}

function count({ metrics }: Hub, path: string, { code }: Fault): void {
  if (path === ENROLL && (code === "not_found" || code === "gone")) metrics.authFailed("enrolment_code");
  else if (code === "unauthorised" || code === "rig_revoked") metrics.authFailed(code);
  else if (path === UPLOAD) metrics.eventReceived(code, 0);
}

/** Browsers name it; curl and the rig software send any type or nothing. */
function asksForHtml(request: Request): boolean {
  return /(?:^|,)\s*text\/html\s*(?:;|,|$)/i.test(request.headers.get("accept") ?? "");
}
