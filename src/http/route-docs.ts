import type { DocumentDecoration } from "elysia";
import { FleetEventJson } from "../wire/event.ts";
import { LIBRARY_PAGE_MAX } from "../wire/library.ts";
import { OfferJson, OfferReplyJson } from "../wire/offer.ts";
import { OutcomePatchJson } from "../wire/outcome.ts";
import { FLEET_API, HEADERS } from "../wire/protocol.ts";
import { RegistrationDocJson } from "./docs/bodies.ts";
import { body, doc, header, OF_ITSELF, pathId, query, reply, text, told, WITH_BODY, WITH_KEY } from "./docs/parts.ts";
import * as replies from "./docs/replies.ts";
import { EnrollJson } from "./routes/enroll.ts";
import { TREND_DAYS, TREND_DAYS_MAX } from "./routes/overview.ts";
import { RevocationJson } from "./routes/rigs.ts";

const BYTES = "application/octet-stream";
const OF_RIG = [...WITH_KEY, 404] as const;
const RIG = pathId("The rig's id");
const LIBRARY = {
  ...reply("Episodes, best first", replies.LibraryJson),
  headers: told({
    [HEADERS.libraryVersion]: "Its version",
    [HEADERS.totalEpisodes]: "Active episodes of the fleet",
    [HEADERS.deltaCount]: "Episodes in this reply",
  }),
};

/** By method and path: what OpenAPI says of a route. A test compares it with the contract. */
export const ROUTE_DOCS: Readonly<Record<string, DocumentDecoration>> = {
  [`GET ${FLEET_API}/health`]: doc("Whether rigs are served", "anyone", {
    200: reply("Healthy", replies.HealthJson),
    503: reply("Degraded: the same report, with the reasons", replies.HealthJson),
  }),
  [`POST ${FLEET_API}/enroll`]: {
    ...doc(
      "Become a rig by a code, once",
      "anyone",
      { 201: reply("The key is shown this once", replies.EnrolledJson) },
      [...WITH_BODY, 403, 404, 409, 410, 422, 429, 503],
    ),
    requestBody: body(EnrollJson),
  },
  [`POST ${FLEET_API}/events`]: {
    ...doc(
      "Upload an event",
      "rig",
      {
        201: reply("On disk", replies.AcceptedJson),
        409: reply(
          "already_exists for a replay, which the rig may forget; conflict when the id is known with another body",
          replies.KnownJson,
        ),
      },
      [...WITH_BODY, ...WITH_KEY, 422, 429],
    ),
    requestBody: body(FleetEventJson),
    parameters: [
      header("Content-Encoding", "zstd, or none", { enum: ["zstd", "identity"] }),
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
    ...doc("Tell how an event ended", "rig", { 200: reply("Recorded; the last word counts", replies.RecordedJson) }, [
      ...WITH_BODY,
      ...WITH_KEY,
      404,
      422,
    ]),
    requestBody: body(OutcomePatchJson),
    parameters: [pathId("The event's id")],
  },
  [`GET ${FLEET_API}/library`]: {
    ...doc(
      "What the other rigs learned",
      "rig",
      {
        200: LIBRARY,
        304: { description: "Nothing newer", headers: told({ [HEADERS.libraryVersion]: "Its version" }) },
      },
      [400, ...WITH_KEY],
    ),
    parameters: [
      query("since", "The version you have; 0 for none", {
        type: "integer",
        minimum: 0,
        maximum: Number.MAX_SAFE_INTEGER,
      }),
      query("limit", "Episodes a page", { type: "integer", minimum: 1, maximum: LIBRARY_PAGE_MAX }),
      query("page", "`next` of the page before", { type: "string" }),
      query("epoch", "As the hub gave it", { type: "string", pattern: "^[A-Za-z0-9_-]{1,64}$" }),
      header("If-Modified-Since", "Unix seconds, from old rigs in place of since"),
      header("Accept-Encoding", "zstd, or none"),
      ...OF_ITSELF,
    ],
  },
  [`GET ${FLEET_API}/library/stats`]: doc(
    "Totals of the library",
    "rig or admin",
    { 200: reply("Totals", replies.StatsJson) },
    WITH_KEY,
  ),
  [`GET ${FLEET_API}/rigs`]: doc("All rigs", "admin", { 200: reply("By name", replies.RigsJson) }, WITH_KEY),
  [`POST ${FLEET_API}/rigs/register`]: {
    ...doc("Enrol a rig", "admin", { 201: reply("The key is shown this once", replies.RegisteredJson) }, [
      ...WITH_BODY,
      ...WITH_KEY,
      409,
      422,
    ]),
    requestBody: body(RegistrationDocJson),
  },
  [`POST ${FLEET_API}/rigs/enrolments`]: {
    ...doc(
      "Make a code that enrols a rig",
      "admin",
      { 201: reply("The code is shown this once", replies.EnrolmentJson) },
      [...WITH_BODY, ...WITH_KEY, 409, 422],
    ),
    requestBody: body(RegistrationDocJson),
  },
  [`GET ${FLEET_API}/rigs/:id`]: {
    ...doc("One rig", "admin", { 200: reply("The rig", replies.RigJson) }, OF_RIG),
    parameters: [RIG],
  },
  [`POST ${FLEET_API}/rigs/:id/revoke`]: {
    ...doc("Refuse a rig's keys from now on", "admin", { 200: reply("Revoked", replies.RevokedJson) }, [
      ...WITH_BODY,
      ...OF_RIG,
      422,
    ]),
    parameters: [RIG],
    requestBody: { ...body(RevocationJson), required: false },
  },
  [`POST ${FLEET_API}/rigs/:id/rotate-key`]: {
    ...doc("Give a rig a new key", "admin", { 200: reply("The key, shown this once", replies.RotatedJson) }, OF_RIG),
    parameters: [RIG],
  },
  [`GET ${FLEET_API}/dashboard/summary`]: doc(
    "Figures of today",
    "admin",
    { 200: reply("Figures", replies.SummaryJson) },
    WITH_KEY,
  ),
  [`GET ${FLEET_API}/dashboard/trends`]: {
    ...doc("Events by day", "admin", { 200: reply("Days, oldest first", replies.TrendsJson) }, [400, ...WITH_KEY]),
    parameters: [
      query("days", "How many, up to today", {
        type: "integer",
        minimum: 1,
        maximum: TREND_DAYS_MAX,
        default: TREND_DAYS,
      }),
    ],
  },
  [`GET ${FLEET_API}/dashboard/outcomes`]: doc(
    "How events ended",
    "admin",
    { 200: reply("Shares", replies.OutcomesJson) },
    WITH_KEY,
  ),
  "GET /dl": {
    ...doc("The release that a rig should run", "rig", { 200: reply("What to run", replies.DownloadsJson) }, [
      ...WITH_KEY,
      404,
    ]),
    parameters: [header(HEADERS.upgrade, "What came of an upgrade that failed")],
  },
  "GET /dl/:id": {
    ...doc(
      "A file of a release, its signature, or SHA256SUMS",
      "rig",
      { 200: text("The whole file", BYTES), 206: text("The piece that was asked for", BYTES) },
      [...WITH_KEY, 404, 416],
    ),
    parameters: [
      pathId("The file's name"),
      header("Range", "bytes=1048576-: where the rig got to"),
      header("If-Range", "The ETag of the pieces before; another file comes whole"),
    ],
  },
  "GET /livez": doc("Whether the process answers", "anyone", { 200: reply("It does", replies.AliveJson) }),
  "GET /readyz": doc("Whether a balancer should send requests here", "anyone", {
    200: reply("It should", replies.ReadyJson),
    503: reply("Starting, stopping, or without its database: the reason says which", replies.NotReadyJson),
  }),
  "GET /metrics": doc("Figures for Prometheus", "anyone", { 200: text("Prometheus' text format", "text/plain") }),
};
