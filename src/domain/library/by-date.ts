import { MIB } from "../../base/limits.ts";
import type { Polled } from "../../db/library-poll.ts";
import { BEST_START, changedEpisodes, prunedEpisodes, PRUNED_START, versionAt } from "../../db/library.ts";
import { LIBRARY_PAGE_MAX } from "../../wire/library.ts";
import type { HubContext } from "../context.ts";
import type { LibraryAnswer, LibraryRequest } from "../library.ts";
import type { SyncLog } from "./log.ts";
import { encodeReply, replyText } from "./reply.ts";
import type { Shelf } from "./shelf.ts";
import type { Totals } from "./totals.ts";
import { wholeReply } from "./whole.ts";

/** How far a rig's clock may be ahead, and how long a version may take from its stamp to its commit. */
export const MODIFIED_SINCE_MARGIN_S = 15 * 60;
/** A larger delta is answered with the whole library, which is a file already. */
const DELTA_JSON_MAX = 4 * MIB;
/** Ids of one reply, some 2 MB: what 90 days of tombstones hold at the very most. */
const PRUNED_MAX = 50_000;

interface Parts {
  readonly context: HubContext;
  readonly totals: Totals;
  readonly shelf: Shelf;
  readonly log: SyncLog;
}

/** The library for rigs of the first implementation: everything at once, or what changed since their clock's time. */
export async function byModifiedSince(parts: Parts, polled: Polled, request: LibraryRequest): Promise<LibraryAnswer> {
  const since = await heldVersion(parts.context, polled, request.modifiedSinceS);
  if (since === undefined) return whole(parts, polled, request, []);
  if (since >= polled.version) return { status: 304, version: polled.version };
  const prunedIds = await prunedSince(parts.context, polled, since);
  if (since < polled.tombstone_floor) return whole(parts, polled, request, prunedIds);
  return delta(parts, polled, request, { since, prunedIds });
}

/**
 * What the rig has for sure: the version at the time it names less a margin, and never more than its last reply gave,
 * for its clock may be ahead by any amount. Sending something twice does no harm. Undefined: it has nothing.
 */
async function heldVersion(
  { sql }: HubContext,
  polled: Polled,
  modifiedSinceS: number | undefined,
): Promise<number | undefined> {
  if (modifiedSinceS === undefined || polled.synced_version === null) return undefined;
  const at = await versionAt(sql, new Date((modifiedSinceS - MODIFIED_SINCE_MARGIN_S) * 1000));
  return Math.min(at, polled.synced_version);
}

async function prunedSince({ sql }: HubContext, polled: Polled, since: number): Promise<string[]> {
  if (polled.pruned_version <= since) return [];
  const query = { rigId: polled.rig_id, since, upTo: polled.version, after: PRUNED_START, limit: PRUNED_MAX };
  return (await prunedEpisodes(sql, query)).map(({ id }) => id);
}

async function delta(
  parts: Parts,
  polled: Polled,
  request: LibraryRequest,
  { since, prunedIds }: { since: number; prunedIds: string[] },
): Promise<LibraryAnswer> {
  const { context, totals, log } = parts;
  const { rig_id: rigId, version, offset_s: clockOffsetS } = polled;
  const query = { rigId, upTo: version, after: BEST_START, limit: LIBRARY_PAGE_MAX, jsonBytesMax: DELTA_JSON_MAX };
  const { rows, more } = await changedEpisodes(context.sql, { ...query, since });
  if (more) return whole(parts, polled, request, prunedIds);
  if (rows.length + prunedIds.length === 0) return { status: 304, version };
  const total = await totals.at(polled.epoch, version);
  const text = replyText({ version, total, bodies: rows.map(({ body }) => body), prunedIds });
  const encoded = encodeReply(text, context.zstd, request.acceptsZstd);
  await log.whole({ rigId, episodesSent: rows.length, version, bytes: encoded.byteLength, clockOffsetS });
  return { status: 200, version, total, count: rows.length, ...encoded };
}

async function whole(
  { context, shelf, log }: Parts,
  polled: Polled,
  request: LibraryRequest,
  prunedIds: string[],
): Promise<LibraryAnswer> {
  const lease = await shelf.lend(polled);
  try {
    const { rig_id: rigId, offset_s: clockOffsetS } = polled;
    const options = { rigId, prunedIds, asZstd: request.acceptsZstd };
    const note = (episodesSent: number, bytes: number) =>
      log.whole({ rigId, episodesSent, version: lease.version, bytes, clockOffsetS });
    return { status: 200, ...wholeReply(context.zstd, lease, options, note) };
  } catch (error) {
    lease.giveBack();
    throw error;
  }
}
