import { Elysia } from "elysia";
import { FLEET_API } from "../wire/protocol.ts";
import { createAdmission } from "./admission.ts";
import { openAssets } from "./assets.ts";
import { documentation, DOCUMENT_PATH } from "./documentation.ts";
import { createFaultLog } from "./fault-log.ts";
import type { Handler, Hub, Route } from "./hub.ts";
import { methodsOf, wrongMethod } from "./methods.ts";
import { pageRoutes } from "./pages.ts";
import { errorReply, nothingThere } from "./replies.ts";
import { ROUTE_DOCS } from "./route-docs.ts";
import { createShownParts } from "./shown-parts.ts";
import { visit } from "./visit.ts";
import { getDownload, getDownloads } from "./routes/downloads.ts";
import { postEnroll, postEnrolment } from "./routes/enroll.ts";
import { getEvent, patchOutcome, uploadEvent } from "./routes/events.ts";
import { getLibrary, getStats } from "./routes/library.ts";
import { postOffer } from "./routes/offer.ts";
import { getHealth, getMetrics, getOutcomes, getSummary, getTrends } from "./routes/overview.ts";
import { getLive, getReady } from "./routes/ready.ts";
import { getOneRig, getRigs, postRegister, postRevoke, postRotate } from "./routes/rigs.ts";

const API: readonly (readonly [Route["method"], string, (hub: Hub) => Handler])[] = [
  ["GET", `${FLEET_API}/health`, getHealth],
  ["POST", `${FLEET_API}/enroll`, postEnroll],
  ["POST", `${FLEET_API}/events`, uploadEvent],
  ["POST", `${FLEET_API}/events/offer`, postOffer],
  ["GET", `${FLEET_API}/events/:id`, getEvent],
  ["PATCH", `${FLEET_API}/events/:id/outcome`, patchOutcome],
  ["GET", `${FLEET_API}/library`, getLibrary],
  ["GET", `${FLEET_API}/library/stats`, getStats],
  ["GET", `${FLEET_API}/rigs`, getRigs],
  ["POST", `${FLEET_API}/rigs/register`, postRegister],
  ["POST", `${FLEET_API}/rigs/enrolments`, postEnrolment],
  ["GET", `${FLEET_API}/rigs/:id`, getOneRig],
  ["POST", `${FLEET_API}/rigs/:id/revoke`, postRevoke],
  ["POST", `${FLEET_API}/rigs/:id/rotate-key`, postRotate],
  ["GET", `${FLEET_API}/dashboard/summary`, getSummary],
  ["GET", `${FLEET_API}/dashboard/trends`, getTrends],
  ["GET", `${FLEET_API}/dashboard/outcomes`, getOutcomes],
  ["GET", "/dl", getDownloads],
  ["GET", "/dl/:id", getDownload],
  ["GET", "/metrics", getMetrics],
  ["GET", "/livez", getLive],
  ["GET", "/readyz", getReady],
];

/** The whole HTTP surface: the contract's routes, pages and assets. `app.handle(request)` needs no socket. */
export async function createApp(hub: Hub) {
  const app = new Elysia({ normalize: false, aot: true })
    .onError(({ error }) => errorReply(error, hub.context.log))
    .use(documentation(hub.version));
  const { hrefs: assets, route: assetRoute } = await openAssets();
  const shell = { hub, assets, faults: createFaultLog(), parts: createShownParts(hub.context.random.u32()) };
  const routes = [...apiRoutes(hub), ...pageRoutes(shell), assetRoute];
  const visited = { ...shell, admission: createAdmission(hub.context.clock) };
  for (const route of [...routes, nothingElse(routes)]) {
    app.route(route.method, route.path, (context) => visit(visited, context, route), {
      parse: "none",
      detail: ROUTE_DOCS[`${route.method} ${route.path}`] ?? { hide: true },
    });
  }
  return app;
}

function apiRoutes(hub: Hub): Route[] {
  return API.map(([method, path, make]) => ({ method, path, handle: make(hub), refusal: "json" }));
}

/** Every path that is no route's, and every method that a path does not take. */
function nothingElse(routes: readonly Route[]): Route {
  const methods = methodsOf([...routes, { method: "GET", path: DOCUMENT_PATH }]);
  return {
    method: "ALL",
    path: "/*",
    refusal: "negotiated",
    async handle(request) {
      const allowed = methods(new URL(request.url).pathname);
      if (allowed.length === 0) throw nothingThere(request);
      return wrongMethod(request.method, allowed);
    },
  };
}
