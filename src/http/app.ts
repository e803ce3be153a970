import { Elysia } from "elysia";
import { assetRoutes } from "./assets.ts";
import { documentation } from "./documentation.ts";
import type { Handler, Hub, Visit } from "./hub.ts";
import { pageRoutes } from "./pages.ts";
import { errorReply, faultReply } from "./replies.ts";
import { Fault } from "../base/fault.ts";
import { hex } from "../base/digest.ts";
import { FLEET_API, HEADERS } from "../wire/protocol.ts";
import { getEvent, patchOutcome, uploadEvent } from "./routes/events.ts";
import { getLibrary, getStats } from "./routes/library.ts";
import { getHealth, getMetrics, getOutcomes, getSummary, getTrends } from "./routes/overview.ts";
import { getOneRig, getRigs, postRegister, postRevoke, postRotate } from "./routes/rigs.ts";

type Method = "GET" | "POST" | "PATCH";

const ROUTES: readonly (readonly [Method, string, (hub: Hub) => Handler])[] = [
  ["GET", `${FLEET_API}/health`, getHealth],
  ["POST", `${FLEET_API}/events`, uploadEvent],
  ["GET", `${FLEET_API}/events/:id`, getEvent],
  ["PATCH", `${FLEET_API}/events/:id/outcome`, patchOutcome],
  ["GET", `${FLEET_API}/library`, getLibrary],
  ["GET", `${FLEET_API}/library/stats`, getStats],
  ["GET", `${FLEET_API}/rigs`, getRigs],
  ["POST", `${FLEET_API}/rigs/register`, postRegister],
  ["GET", `${FLEET_API}/rigs/:id`, getOneRig],
  ["POST", `${FLEET_API}/rigs/:id/revoke`, postRevoke],
  ["POST", `${FLEET_API}/rigs/:id/rotate-key`, postRotate],
  ["GET", `${FLEET_API}/dashboard/summary`, getSummary],
  ["GET", `${FLEET_API}/dashboard/trends`, getTrends],
  ["GET", `${FLEET_API}/dashboard/outcomes`, getOutcomes],
  ["GET", "/metrics", getMetrics],
];

/** What Elysia gives a handler, as far as ours look. */
interface ElysiaContext {
  readonly request: Request;
  readonly params: Record<string, string>;
  readonly path: string;
  readonly route: string;
  readonly server: {
    requestIP(request: Request): { address: string } | null;
    timeout(request: Request, s: number): void;
  } | null;
}

/** The whole HTTP surface: the contract's routes, pages and assets. `app.handle(request)` needs no socket. */
export async function createApp(hub: Hub) {
  const app = new Elysia({ normalize: false, aot: true })
    .onError(({ error, code, request }) => {
      if (code === "NOT_FOUND") return faultReply(noSuchRoute(request));
      return errorReply(error, hub.context.log);
    })
    .use(documentation(hub.version));
  for (const [method, path, make] of ROUTES) {
    const handle = make(hub);
    app.route(method, path, (context) => visit(hub, context, handle), { parse: "none" });
  }
  return app.use(pageRoutes(hub.context)).use(await assetRoutes());
}

/** Gives the request its id, runs it, and leaves one line in the log. */
async function visit(hub: Hub, { request, params, server, route }: ElysiaContext, handle: Handler): Promise<Response> {
  const { clock, log, random } = hub.context;
  const started = clock.monotonic();
  const requestId = hex(random.bytes(8));
  const address = server?.requestIP(request)?.address ?? "local";
  const requestLog = log.child({ request_id: requestId });
  const visited: Visit = { requestId, address, allowSilence: (seconds) => server?.timeout(request, seconds) };
  const reply = await answer(hub, request, visited, params, handle, requestLog);
  reply.headers.set(HEADERS.requestId, requestId);
  hub.metrics.replied(route, reply.status);
  const duration_ms = Math.round((clock.monotonic() - started) * 10) / 10;
  requestLog.info("request", { method: request.method, route, status: reply.status, duration_ms, address });
  return reply;
}

async function answer(
  hub: Hub,
  request: Request,
  visited: Visit,
  params: Record<string, string>,
  handle: Handler,
  log: Hub["context"]["log"],
): Promise<Response> {
  try {
    return await handle(request, visited, params);
  } catch (error) {
    if (error instanceof Fault) count(hub, request, error);
    return errorReply(error, log);
  }
}

function count({ metrics }: Hub, request: Request, fault: Fault): void {
  if (fault.code === "unauthorised" || fault.code === "rig_revoked") metrics.authFailed(fault.code);
  else if (request.method === "POST" && request.url.endsWith(`${FLEET_API}/events`))
    metrics.eventReceived(fault.code, 0);
}

function noSuchRoute(request: Request): Fault {
  const { pathname } = new URL(request.url);
  return new Fault(
    "not_found",
    `there is nothing at ${request.method} ${pathname.slice(0, 200)}`,
    "GET /openapi lists the routes",
  );
}
