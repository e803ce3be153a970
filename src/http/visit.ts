import { hex } from "../base/digest.ts";
import { Fault } from "../base/fault.ts";
import { isStorable } from "../base/json.ts";
import type { Log } from "../base/log.ts";
import { FLEET_API, HEADERS } from "../wire/protocol.ts";
import { requestKey } from "./access.ts";
import type { Admission } from "./admission.ts";
import { expectedBytes, readBody } from "./body.ts";
import { keepToEnrolment } from "./bootstrap-gate.ts";
import { clientAddress } from "./client-address.ts";
import { errorPage } from "./html.ts";
import { encodedPage } from "./page-encoding.ts";
import type { Hub, Route, Visit } from "./hub.ts";
import type { Shell } from "./page-shell.ts";
import { errorReply, nothingThere } from "./replies.ts";
import { tellBrowsers } from "./safe-headers.ts";

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

/** What every request meets. */
export interface VisitedShell extends Shell {
  readonly admission: Admission;
}

/** Gives the request its id, runs it, counts it, and leaves one line in the log. */
export async function visit(
  shell: VisitedShell,
  { request, params = {}, server }: ElysiaContext,
  route: Route,
): Promise<Response> {
  const { hub } = shell;
  const { clock, log, random, settings } = hub.context;
  const started = clock.monotonic();
  const requestId = hex(random.bytes(8));
  const address = clientAddress(request, server?.requestIP(request)?.address ?? "local", settings.balancers);
  const requestLog = log.child({ request_id: requestId });
  const arrived = { requestId, address, allowSilence: (seconds: number) => server?.timeout(request, seconds) };
  const reply = await encodedPage(request, await answer(shell, { route, request, arrived, params, log: requestLog }));
  reply.headers.set(HEADERS.requestId, requestId);
  tellBrowsers(request, reply);
  hub.metrics.replied(route.path, reply.status);
  if (reply.status >= 500 && !PROBES.has(route.path)) {
    const at = new Date(clock.now()).toISOString();
    shell.faults.add({ at, request_id: requestId, method: request.method, route: route.path, status: reply.status });
  }
  const duration_ms = Math.round((clock.monotonic() - started) * 10) / 10;
  const line = { method: request.method, route: route.path, status: reply.status, duration_ms, address };
  // A balancer asks twice a second for years.
  if (PROBES.has(route.path)) requestLog.debug("request", line);
  else requestLog.info("request", line);
  return reply;
}

interface Asked {
  readonly route: Route;
  readonly request: Request;
  readonly arrived: Omit<Visit, "readBody">;
  readonly params: Record<string, string>;
  readonly log: Log;
}

async function answer({ hub, assets, admission }: VisitedShell, asked: Asked): Promise<Response> {
  const { route, request, arrived, params, log } = asked;
  try {
    const enrols = route.path === ENROLL && request.method === "POST";
    keepToEnrolment(hub.context.settings, arrived.address, { enrols });
    // What no database can hold is nobody's name; asking for it would fail.
    if (!Object.values(params).every(isStorable)) throw nothingThere(request);
    return await admitted(hub, admission, asked);
  } catch (error) {
    if (error instanceof Fault) count(hub, route.path, error);
    const reply = errorReply(error, log);
    if (route.refusal === "json" || (route.refusal === "negotiated" && !asksForHtml(request))) return reply;
    return errorPage(reply, { request, requestId: arrived.requestId, assets });
  }
}

/** A balancer must hear of a hub that has its hands full: it is well. */
const PROBES: ReadonlySet<string> = new Set(["/livez", "/readyz"]);

async function admitted(hub: Hub, admission: Admission, { route, request, arrived, params }: Asked): Promise<Response> {
  const { clock } = hub.context;
  if (PROBES.has(route.path)) {
    return route.handle(request, { ...arrived, readBody: (maxBytes) => readBody(request, maxBytes, clock) }, params);
  }
  const ticket = admission.enter(requestKey(request));
  const visited: Visit = {
    ...arrived,
    readBody: (maxBytes) =>
      ticket.whileReading(expectedBytes(request, maxBytes), () => readBody(request, maxBytes, clock)),
  };
  try {
    return await route.handle(request, visited, params);
  } finally {
    ticket.leave();
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
