import type { DocumentDecoration } from "elysia";
import type { TSchema } from "typebox";
import { FleetEventJson } from "../wire/event.ts";
import { LIBRARY_PAGE_MAX, LibraryReplyJson } from "../wire/library.ts";
import { OfferJson, OfferReplyJson } from "../wire/offer.ts";
import { OutcomePatchJson } from "../wire/outcome.ts";
import { FLEET_API, HEADERS } from "../wire/protocol.ts";
import { EnrollJson } from "./routes/enroll.ts";
import { RegistrationJson, RevocationJson } from "./routes/rigs.ts";

type Parameter = NonNullable<DocumentDecoration["parameters"]>[number];
type Responses = NonNullable<DocumentDecoration["responses"]>;
type Who = "anyone" | "rig" | "admin" | "rig or admin";

/** What each refusal means, whichever route says it. */
const REFUSALS = {
  400: "Not understood: the reason names what is wrong",
  401: "The key is missing or wrong",
  403: "The key is good, and not for this: another rig's, a rig's at an admin's route, or revoked",
  404: "There is none, or none that this key may see",
  408: "The body did not arrive in time",
  409: "It is there already",
  410: "It was used, withdrawn or is too old: the reason says which",
  413: "The body is too large, as sent or inflated",
  415: "Neither JSON nor, where it may be, zstd",
  422: "It does not fit the schema: the reason names field and value",
  429: "Too much at once: wait as Retry-After says",
  503: "The database is away: wait as Retry-After says",
} as const;
type Refusal = keyof typeof REFUSALS;

const WITH_KEY: readonly Refusal[] = [401, 403, 503];
const WITH_BODY: readonly Refusal[] = [400, 408, 413, 415];

/** All of it optional; what makes no sense is passed over. */
const OF_ITSELF: readonly Parameter[] = [
  header(HEADERS.rigTime, "Unix ms of the rig's clock at sending"),
  header(HEADERS.queue, "What waits on the rig: events=3; oldest=1794187658; worst=High, or events=0"),
  header(HEADERS.droppedEvents, "Events that the rig dropped since it last told"),
];

const ErrorJson = {
  type: "object",
  required: ["error", "code"],
  properties: {
    error: { type: "string", description: "A reason a person can act on" },
    code: { type: "string", description: "The same for a program" },
  },
} as const;

/** By method and path: what OpenAPI says of a route. A test compares it with the contract. */
export const ROUTE_DOCS: Readonly<Record<string, DocumentDecoration>> = {
  [`GET ${FLEET_API}/health`]: doc("Whether rigs are served", "anyone", {
    200: "Healthy",
    503: "Degraded: the same report, with the reasons",
  }),
  [`POST ${FLEET_API}/enroll`]: {
    ...doc(
      "Become a rig by a code, once",
      "anyone",
      { 201: "{rig_id, well_id, field, api_key, hub: {version}}: the key is shown this once" },
      [...WITH_BODY, 403, 404, 409, 410, 422, 429, 503],
    ),
    requestBody: body(EnrollJson),
  },
  [`POST ${FLEET_API}/events`]: {
    ...doc(
      "Upload an event",
      "rig",
      {
        201: "On disk: {id, status: accepted}",
        409: "{id, status: already_exists} for a replay, which the rig may forget; {id, status: conflict, error} when the id is known with another body",
      },
      [...WITH_BODY, ...WITH_KEY, 422, 429],
    ),
    requestBody: body(FleetEventJson),
    parameters: [
      header("Content-Encoding", "zstd, or none"),
      header(HEADERS.rigId, "The key's own rig, or nothing"),
      header(HEADERS.contentDigest, "RFC 9530, sha-256 over the bytes as sent"),
      header(HEADERS.eventQueued, "Unix ms of the rig's clock when its queue took the event"),
      ...OF_ITSELF,
    ],
  },
  [`POST ${FLEET_API}/events/offer`]: {
    ...doc(
      "Ask which events and answers the hub lacks, after its epoch changed",
      "rig",
      { 200: reply("Ids of what to send again, by the usual ways", OfferReplyJson) },
      [...WITH_BODY, ...WITH_KEY, 422],
    ),
    requestBody: body(OfferJson),
  },
  [`GET ${FLEET_API}/events/:id`]: {
    ...doc("Read an event back", "rig or admin", { 200: reply("The event", FleetEventJson) }, [...WITH_KEY, 404]),
    parameters: [pathId("The event's id")],
  },
  [`PATCH ${FLEET_API}/events/:id/outcome`]: {
    ...doc("Tell how an event ended", "rig", { 200: "Recorded; the last word counts" }, [
      ...WITH_BODY,
      ...WITH_KEY,
      404,
    ]),
    requestBody: body(OutcomePatchJson),
    parameters: [pathId("The event's id")],
  },
  [`GET ${FLEET_API}/library`]: {
    ...doc(
      "What the other rigs learned",
      "rig",
      { 200: reply("Episodes, best first", LibraryReplyJson), 304: "Nothing newer" },
      [400, ...WITH_KEY],
    ),
    parameters: [
      query("since", "The version you have; 0 for none", { type: "integer", minimum: 0 }),
      query("limit", "Episodes a page", { type: "integer", minimum: 0, maximum: LIBRARY_PAGE_MAX }),
      query("page", "`next` of the page before", { type: "string" }),
      query("epoch", "As the hub gave it", { type: "string" }),
      header("If-Modified-Since", "Unix seconds, from old rigs in place of since"),
      header("Accept-Encoding", "zstd, or none"),
      ...OF_ITSELF,
    ],
  },
  [`GET ${FLEET_API}/library/stats`]: doc("Totals of the library", "rig or admin", { 200: "Totals" }, WITH_KEY),
  [`GET ${FLEET_API}/rigs`]: doc("All rigs", "admin", { 200: "{rigs}" }, WITH_KEY),
  [`POST ${FLEET_API}/rigs/register`]: {
    ...doc("Enrol a rig", "admin", { 201: "{rig_id, api_key}: the key is shown this once" }, [
      ...WITH_BODY,
      ...WITH_KEY,
      409,
      422,
    ]),
    requestBody: body(RegistrationJson),
  },
  [`POST ${FLEET_API}/rigs/enrolments`]: {
    ...doc(
      "Make a code that enrols a rig",
      "admin",
      { 201: "{rig_id, code, expires_at}: the code is shown this once" },
      [...WITH_BODY, ...WITH_KEY, 409, 422],
    ),
    requestBody: body(RegistrationJson),
  },
  [`GET ${FLEET_API}/rigs/:id`]: ofRig("One rig", "The rig"),
  [`POST ${FLEET_API}/rigs/:id/revoke`]: {
    ...ofRig("Refuse a rig's keys from now on", "Revoked"),
    requestBody: { ...body(RevocationJson), required: false },
  },
  [`POST ${FLEET_API}/rigs/:id/rotate-key`]: ofRig("Give a rig a new key", "The key, shown this once"),
  [`GET ${FLEET_API}/dashboard/summary`]: doc("Figures of today", "admin", { 200: "Figures" }, WITH_KEY),
  [`GET ${FLEET_API}/dashboard/trends`]: {
    ...doc("Events by day", "admin", { 200: "Days" }, [400, ...WITH_KEY]),
    parameters: [query("days", "How many, up to today", { type: "integer", minimum: 1, default: 30 })],
  },
  [`GET ${FLEET_API}/dashboard/outcomes`]: doc("How events ended", "admin", { 200: "Shares" }, WITH_KEY),
  "GET /dl": {
    ...doc("The release that a rig should run", "rig", { 200: "{version, files: [{name, bytes, sha256}]}" }, [
      ...WITH_KEY,
      404,
    ]),
    parameters: [header(HEADERS.upgrade, "What came of an upgrade that failed")],
  },
  "GET /dl/:id": {
    ...doc(
      "A file of a release, its signature, or SHA256SUMS",
      "rig",
      { 200: "The whole file", 206: "The piece that was asked for", 416: "The file is shorter than that" },
      [...WITH_KEY, 404],
    ),
    parameters: [
      pathId("The file's name"),
      header("Range", "bytes=1048576-: where the rig got to"),
      header("If-Range", "The ETag of the pieces before; another file comes whole"),
    ],
  },
  "GET /livez": doc("Whether the process answers", "anyone", { 200: "It does" }),
  "GET /readyz": doc("Whether a balancer should send requests here", "anyone", {
    200: "It should",
    503: "Starting, stopping, or without its database: the reason says which",
  }),
  "GET /metrics": doc("Figures for Prometheus", "anyone", { 200: "Text" }),
};

function doc(
  summary: string,
  who: Who,
  answers: Readonly<Record<number, string | Responses[string]>>,
  refusals: readonly Refusal[] = [],
): DocumentDecoration {
  const told = Object.entries(answers).map(
    ([status, answer]) => [status, typeof answer === "string" ? { description: answer } : answer] as const,
  );
  const refused = refusals.map((status) => [`${status}`, reply(REFUSALS[status], ErrorJson)] as const);
  return {
    summary,
    description: who === "anyone" ? "Needs no key." : `Needs the key of: ${who}.`,
    security: who === "anyone" ? [] : [{ key: [] }],
    responses: Object.fromEntries([...refused, ...told]),
  };
}

function ofRig(summary: string, answer: string): DocumentDecoration {
  return { ...doc(summary, "admin", { 200: answer }, [...WITH_KEY, 404]), parameters: [pathId("The rig's id")] };
}

function reply(description: string, schema: TSchema): Responses[string] {
  return { description, content: { "application/json": { schema } } };
}

function body(schema: TSchema): NonNullable<DocumentDecoration["requestBody"]> {
  return { required: true, content: { "application/json": { schema } } };
}

function pathId(description: string): Parameter {
  return { name: "id", in: "path", required: true, description, schema: { type: "string" } };
}

function query(name: string, description: string, schema: object): Parameter {
  return { name, in: "query", description, schema };
}

function header(name: string, description: string): Parameter {
  return { name, in: "header", description, schema: { type: "string" } };
}
