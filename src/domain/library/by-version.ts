import { Fault } from "../../base/fault.ts";
import { KIB } from "../../base/limits.ts";
import type { Polled } from "../../db/library-poll.ts";
import { bestEpisodes, changedEpisodes, prunedEpisodes, PRUNED_START, type EpisodePage } from "../../db/library.ts";
import { continueSync, logSync } from "../../db/sync-log.ts";
import { LIBRARY_PAGE_DEFAULT, LIBRARY_PAGE_MAX } from "../../wire/library.ts";
import type { HubContext } from "../context.ts";
import type { LibraryAnswer, LibraryRequest } from "../library.ts";
import { firstMark, readMark, writeMark, type PageMark } from "./page-mark.ts";
import { encodeReply, replyText } from "./reply.ts";
import type { Totals } from "./totals.ts";

/** A page of 200 stays below 64 KB as zstd, 2 s of a 256 kbit/s link, however long its texts are. */
const JSON_BYTES_PER_EPISODE = KIB;
/** Ids of one page, 20 KB of JSON. */
export const PRUNED_PAGE_MAX = 500;

interface Parts {
  readonly context: HubContext;
  readonly totals: Totals;
}

/**
 * The library for our own spokes: pages, best first, all of one sync up to the version V of its first page.
 *
 * Nothing is missed, though pages are read at different times. What a rig must know at V is either unchanged while the
 * pages are read, and then it keeps its place in their order and is read exactly once; or it changes, gets a version
 * above V (versions commit in order, and V was committed), is left out from then on, and is part of the next delta,
 * which asks for everything after V. The same holds for tombstones. A mark that cannot be kept to (another epoch, a
 * version that is not there, tombstones that are gone) starts a whole library.
 */
export async function byVersion(parts: Parts, polled: Polled, request: LibraryRequest): Promise<LibraryAnswer> {
  const limit = pageLimit(request.limit);
  const mark = request.page === undefined ? undefined : readMark(request.page);
  if (mark === undefined && hasAll(polled, request)) return { status: 304, version: polled.version };
  const start = mark !== undefined && isGood(polled, mark) ? mark : startOf(polled, mark === undefined ? request : {});
  const page = await readPage(parts.context, polled, start, limit);
  const { next, full } = await logged(parts.context, polled, start, page);
  const total = await parts.totals.at(polled.epoch, polled.version);
  const more = { epoch: start.epoch, next, full };
  const text = replyText({ version: start.version, total, bodies: page.bodies, prunedIds: page.prunedIds, more });
  const encoded = encodeReply(text, parts.context.zstd, request.acceptsZstd);
  return { status: 200, version: start.version, total, count: page.bodies.length, ...encoded };
}

function pageLimit(limit: number | undefined): number {
  const wanted = limit ?? LIBRARY_PAGE_DEFAULT;
  if (Number.isInteger(wanted) && wanted >= 1 && wanted <= LIBRARY_PAGE_MAX) return wanted;
  throw new Fault("invalid_request", `limit is not a number from 1 to ${LIBRARY_PAGE_MAX}`, "leave it out");
}

function hasAll(polled: Polled, { since = 0, epoch = polled.epoch }: LibraryRequest): boolean {
  return since === polled.version && epoch === polled.epoch;
}

/** A rig that has nothing, or what this hub cannot continue from, gets the whole library. */
function startOf(
  polled: Polled,
  { since = 0, epoch = polled.epoch }: Pick<LibraryRequest, "since" | "epoch">,
): PageMark {
  const continues = epoch === polled.epoch && since >= polled.tombstone_floor && since <= polled.version;
  return firstMark({ epoch: polled.epoch, version: polled.version, since: continues ? since : 0 });
}

function isGood(polled: Polled, mark: PageMark): boolean {
  const continues = mark.since === 0 || mark.since >= polled.tombstone_floor;
  return mark.epoch === polled.epoch && mark.version <= polled.version && continues;
}

interface Page {
  readonly bodies: readonly string[];
  readonly prunedIds: readonly string[];
  /** Where the next page begins; undefined when this is the last. */
  readonly at: PageMark["at"] | undefined;
}

async function readPage(context: HubContext, polled: Polled, mark: PageMark, limit: number): Promise<Page> {
  const { at } = mark;
  if (at.stage === "pruned") return { bodies: [], ...(await readPruned(context, polled, mark, at)) };
  const { rows, more } = await readEpisodes(context, polled, mark, limit);
  const bodies = rows.map(({ body }) => body);
  const last = rows.at(-1);
  if (more && last !== undefined) {
    return { bodies, prunedIds: [], at: { stage: "episodes", score: last.score, id: last.id } };
  }
  return { bodies, ...(await readPruned(context, polled, mark, PRUNED_START)) };
}

function readEpisodes(context: HubContext, polled: Polled, mark: PageMark, limit: number): Promise<EpisodePage> {
  const after = mark.at.stage === "episodes" ? mark.at : { score: 0, id: "" };
  const page = { rigId: polled.rig_id, upTo: mark.version, after, limit, jsonBytesMax: limit * JSON_BYTES_PER_EPISODE };
  return mark.since === 0
    ? bestEpisodes(context.sql, page)
    : changedEpisodes(context.sql, { ...page, since: mark.since });
}

/** A whole library needs no tombstones: what it does not name is gone. */
async function readPruned(
  context: HubContext,
  polled: Polled,
  { since, version }: PageMark,
  after: { version: number; id: string },
): Promise<Pick<Page, "prunedIds" | "at">> {
  if (since === 0 || polled.pruned_version <= since) return { prunedIds: [], at: undefined };
  const query = { rigId: polled.rig_id, since, upTo: version, after, limit: PRUNED_PAGE_MAX + 1 };
  const rows = await prunedEpisodes(context.sql, query);
  const shown = rows.slice(0, PRUNED_PAGE_MAX);
  const last = rows.length > shown.length ? shown.at(-1) : undefined;
  return {
    prunedIds: shown.map(({ id }) => id),
    at: last && { stage: "pruned", version: last.version, id: last.id },
  };
}

async function logged(context: HubContext, polled: Polled, mark: PageMark, page: Page) {
  const sent = mark.sent + page.bodies.length;
  const entry = {
    rigId: polled.rig_id,
    at: new Date(context.clock.now()),
    episodesSent: sent,
    version: mark.version,
    complete: page.at === undefined,
  };
  const isFirst = mark.log === null;
  const log = mark.log ?? (await logSync(context.sql, entry));
  if (!isFirst) await continueSync(context.sql, log, entry);
  const next = page.at === undefined ? null : writeMark({ ...mark, at: page.at, sent, log });
  return { next, full: isFirst && mark.since === 0 };
}
