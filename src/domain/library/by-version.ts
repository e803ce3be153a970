import { Fault } from "../../base/fault.ts";
import type { Polled } from "../../db/library-poll.ts";
import { LIBRARY_PAGE_DEFAULT, LIBRARY_PAGE_MAX } from "../../wire/library.ts";
import type { HubContext } from "../context.ts";
import type { LibraryAnswer, LibraryRequest } from "../library.ts";
import type { SyncLog } from "./log.ts";
import { firstMark, readMark, writeMark, type PageMark } from "./page-mark.ts";
import { readPage, type Page } from "./pages.ts";
import { encodeReply, replyText } from "./reply.ts";
import type { SharedDeltas } from "./shared-deltas.ts";
import type { Totals } from "./totals.ts";

interface Parts {
  readonly context: HubContext;
  readonly totals: Totals;
  readonly deltas: SharedDeltas;
  readonly log: SyncLog;
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
  if (request.page === undefined) {
    if (hasAll(polled, request)) return { status: 304, version: polled.version };
    return firstPage(parts, polled, { ...request, limit });
  }
  const mark = readMark(request.page);
  const good = isGood(polled, mark) ? mark : startOf(polled, 0);
  return ownPage(parts, polled, { mark: good, limit, acceptsZstd: request.acceptsZstd });
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
async function firstPage(
  parts: Parts,
  polled: Polled,
  { since = 0, epoch = polled.epoch, limit, acceptsZstd }: LibraryRequest & { readonly limit: number },
): Promise<LibraryAnswer> {
  const continues = epoch === polled.epoch && since >= polled.tombstone_floor && since <= polled.version;
  const mark = startOf(polled, continues ? since : 0);
  if (mark.since > 0) {
    const shared = await parts.deltas.get(polled, { since, limit, acceptsZstd });
    if (shared !== undefined && !shared.rigIds.has(polled.rig_id)) {
      const { version, rig_id: rigId, offset_s: clockOffsetS } = polled;
      await parts.log.whole({ rigId, episodesSent: shared.count, version, bytes: shared.byteLength, clockOffsetS });
      return { status: 200, version, ...shared };
    }
  }
  return ownPage(parts, polled, { mark, limit, acceptsZstd });
}

function startOf({ epoch, version }: Polled, since: number): PageMark {
  return firstMark({ epoch, version, since });
}

function isGood(polled: Polled, mark: PageMark): boolean {
  const continues = mark.since === 0 || mark.since >= polled.tombstone_floor;
  return mark.epoch === polled.epoch && mark.version <= polled.version && continues;
}

async function ownPage(
  { context, totals, log }: Parts,
  polled: Polled,
  { mark, limit, acceptsZstd }: { readonly mark: PageMark; readonly limit: number; readonly acceptsZstd: boolean },
): Promise<LibraryAnswer> {
  const { rig_id: rigId, pruned_version: prunedVersion, offset_s: clockOffsetS } = polled;
  const { version, epoch } = mark;
  const page = await readPage(context.sql, { rigId, mark, limit, prunedVersion });
  const count = page.bodies.length;
  const entry = { rigId, episodesSent: mark.sent + count, version, clockOffsetS };
  const id = mark.log ?? (page.at === undefined ? null : await log.begin(entry));
  const total = await totals.at(polled.epoch, polled.version);
  const full = mark.log === null && mark.since === 0;
  const more = { epoch, next: nextMark(mark, page, entry.episodesSent, id), full };
  const encoded = encodeReply(replyText({ version, total, ...page, more }), context.zstd, acceptsZstd);
  const sent = { ...entry, bytes: encoded.byteLength };
  await (id === null ? log.whole(sent) : log.page(id, { ...sent, complete: page.at === undefined }));
  return { status: 200, version, total, count, ...encoded };
}

/** Null behind the last page. */
function nextMark(mark: PageMark, { at }: Page, sent: number, log: number | null): string | null {
  return at === undefined ? null : writeMark({ ...mark, at, sent, log });
}
