import { unixSeconds } from "../../src/base/clock.ts";
import { Fault } from "../../src/base/fault.ts";
import { EVENT_JSON_MAX, SMALL_BODY_MAX } from "../../src/base/limits.ts";
import type { SpokeContext } from "../context.ts";
import type { SyncReport } from "../library/sync.ts";
import type { Enqueued } from "../queue/intake.ts";
import type { Recall } from "../recall.ts";
import { askedOf, readAsked, readMaxResults, TEXT_MAX } from "../recall-question.ts";
import type { SpokeStatus } from "../status.ts";
import { acknowledgmentRecord, type AcknowledgmentRecord } from "./acknowledge-form.ts";
import { readBody, readJson } from "./body.ts";
import { checkLocal } from "./guard.ts";
import { errorReply, internalReply, json } from "./reply.ts";
import { pickHandler, type Routes } from "./routes.ts";

/** What the address can do, each a part of the spoke. */
export interface ApiParts {
  readonly enqueue: (event: Uint8Array) => Enqueued;
  readonly acknowledge: (record: AcknowledgmentRecord) => void;
  readonly recall: Recall;
  readonly sync: () => Promise<SyncReport>;
  readonly status: () => SpokeStatus;
  readonly metrics: () => Promise<{ readonly text: string; readonly contentType: string }>;
}

/** The spoke's own address, a request a call. Never rejects. */
export function createApi(context: SpokeContext, parts: ApiParts): (request: Request) => Promise<Response> {
  const routes = routesOf(context, parts);
  return async (request) => {
    try {
      checkLocal(request);
      return await pickHandler(routes, request)(request);
    } catch (error) {
      if (error instanceof Fault) return errorReply(error);
      context.log.error("api.failed", { path: new URL(request.url).pathname, error });
      return internalReply();
    }
  };
}

function routesOf(context: SpokeContext, parts: ApiParts): Routes {
  return {
    "/api/v1/events": {
      async POST(request) {
        const taken = parts.enqueue(await readBody(request, EVENT_JSON_MAX));
        return json(taken.status === "queued" ? 201 : 200, taken);
      },
    },
    "/api/v1/advisory/acknowledge": {
      async POST(request) {
        const record = acknowledgmentRecord(await readJson(request, SMALL_BODY_MAX), unixSeconds(context.clock));
        parts.acknowledge(record);
        return json(200, { success: true, message: "Acknowledged; it goes to the hub behind its event", record });
      },
    },
    "/api/v1/recall": {
      GET: (request) => json(200, parts.recall(questionInAddress(request))),
      async POST(request) {
        const body = await readJson(request, EVENT_JSON_MAX);
        return json(200, parts.recall(readAsked(body, maxResultsOf(request))));
      },
    },
    "/api/v1/sync": { POST: async () => json(200, await parts.sync()) },
    "/api/v1/status": { GET: () => json(200, parts.status()) },
    "/metrics": {
      async GET() {
        const { text, contentType } = await parts.metrics();
        return new Response(text, { headers: { "content-type": contentType, "cache-control": "no-store" } });
      },
    },
  };
}

function questionInAddress(request: Request): ReturnType<typeof askedOf> {
  const text = new URL(request.url).searchParams.get("query") ?? "";
  if (text.trim() === "") throw new Fault("schema", "query is absent", "ask with ?query=torque+pack-off");
  if (text.length > TEXT_MAX) throw new Fault("schema", `query is over ${TEXT_MAX} characters`, "ask shorter");
  return askedOf({ text }, maxResultsOf(request));
}

function maxResultsOf(request: Request): number | undefined {
  return readMaxResults(new URL(request.url).searchParams.get("max_results"));
}
