import { Fault } from "../../base/fault.ts";
import type { LibraryRequest } from "../../domain/library.ts";
import { parseModifiedSince } from "../../domain/library/modified-since.ts";
import { libraryStats } from "../../domain/stats.ts";
import { LIBRARY_PAGE_MAX } from "../../wire/library.ts";
import { HEADERS } from "../../wire/protocol.ts";
import { claimedRigId, requestKey, requireRigOrReader } from "../access.ts";
import type { Handler, Hub } from "../hub.ts";
import { bytesBody, json } from "../replies.ts";
import { given, readRigHeaders } from "../rig-headers.ts";

/** A 50,000-episode library at 256 kbit/s pauses for seconds when the link does. */
const DOWNLOAD_SILENCE_S = 240;

/** GET /api/fleet/library */
export function getLibrary({ library }: Hub): Handler {
  return async (request, visit) => {
    visit.allowSilence(DOWNLOAD_SILENCE_S);
    const answer = await library.answer(libraryRequest(request));
    const version = { [HEADERS.libraryVersion]: `${answer.version}` };
    if (answer.status === 304) return new Response(null, { status: 304, headers: version });
    const encoding: Record<string, string> = answer.encoding === "zstd" ? { "Content-Encoding": "zstd" } : {};
    return new Response(answer.body instanceof Uint8Array ? bytesBody(answer.body) : answer.body, {
      headers: {
        ...version,
        ...encoding,
        [HEADERS.totalEpisodes]: `${answer.total}`,
        [HEADERS.deltaCount]: `${answer.count}`,
        "Content-Type": "application/json",
        "Cache-Control": "no-store",
        Vary: "Accept-Encoding",
      },
    });
  };
}

function libraryRequest(request: Request): LibraryRequest {
  const query = new URL(request.url).searchParams;
  const since = wholeNumber(query, "since", Number.MAX_SAFE_INTEGER);
  const limit = wholeNumber(query, "limit", LIBRARY_PAGE_MAX);
  const modifiedSinceS = parseModifiedSince(request.headers.get("if-modified-since"));
  return {
    key: requestKey(request),
    acceptsZstd: acceptsZstd(request.headers.get("accept-encoding")),
    ...given("claimedRigId", claimedRigId(request)),
    ...given("since", since),
    ...given("limit", limit),
    ...given("epoch", query.get("epoch") ?? undefined),
    ...given("page", query.get("page") ?? undefined),
    ...given("modifiedSinceS", modifiedSinceS),
    ...given("spokeVersion", request.headers.get(HEADERS.spokeVersion)?.slice(0, 40)),
    ...readRigHeaders(request),
  };
}

function wholeNumber(query: URLSearchParams, name: string, max: number): number | undefined {
  const text = query.get(name);
  if (text === null) return undefined;
  const value = /^\d{1,16}$/.test(text) ? Number(text) : Number.NaN;
  if (value <= max) return value;
  throw new Fault("invalid_request", `${name}=${text.slice(0, 40)} is not a whole number up to ${max}`, `mend ${name}`);
}

function acceptsZstd(header: string | null): boolean {
  return (header ?? "").split(",").some((part) => /^\s*zstd\s*(;\s*q=(?!0(\.0*)?\s*$).*)?$/i.test(part));
}

/** GET /api/fleet/library/stats */
export function getStats({ context }: Hub): Handler {
  return async (request) => {
    await requireRigOrReader(context, request);
    return json(200, await libraryStats(context));
  };
}
