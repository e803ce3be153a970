import type { Sql } from "postgres";
import { KIB } from "../../base/limits.ts";
import type { Polled } from "../../db/library-poll.ts";
import { bestEpisodes, changedEpisodes, prunedEpisodes, PRUNED_START, type EpisodePage } from "../../db/library.ts";
import type { PageMark } from "./page-mark.ts";

/** A page of 200 stays below 64 KB as zstd, 2 s of a 256 kbit/s link, however long its texts are. */
const JSON_BYTES_PER_EPISODE = KIB;
/** Ids of one page, 20 KB of JSON. */
export const PRUNED_PAGE_MAX = 500;

export interface Page {
  /** Episodes as they are stored: JSON texts. */
  readonly bodies: readonly string[];
  readonly prunedIds: readonly string[];
  /** The rigs whose episodes it names. */
  readonly rigIds: ReadonlySet<string>;
  /** Where the next page begins; undefined when this is the last. */
  readonly at: PageMark["at"] | undefined;
}

export interface PageQuery {
  /** Its own episodes are left out; none has the empty name. */
  readonly rigId: string;
  readonly mark: PageMark;
  readonly limit: number;
  readonly prunedVersion: Polled["pruned_version"];
}

/** Episodes first, then what was pruned, on the same page when it has room. */
export async function readPage(sql: Sql, query: PageQuery): Promise<Page> {
  const { at } = query.mark;
  if (at.stage === "pruned") return { bodies: [], ...(await readPruned(sql, query, at)) };
  const { rows, more } = await readEpisodes(sql, query, at);
  const bodies = rows.map(({ body }) => body);
  const rigIds = new Set(rows.map(({ rig_id }) => rig_id));
  const last = rows.at(-1);
  if (more && last !== undefined) {
    return { bodies, rigIds, prunedIds: [], at: { stage: "episodes", score: last.score, id: last.id } };
  }
  const pruned = await readPruned(sql, query, PRUNED_START);
  return { bodies, ...pruned, rigIds: rigIds.union(pruned.rigIds) };
}

function readEpisodes(
  sql: Sql,
  { rigId, mark, limit }: PageQuery,
  after: { score: number; id: string },
): Promise<EpisodePage> {
  const page = { rigId, upTo: mark.version, after, limit, jsonBytesMax: limit * JSON_BYTES_PER_EPISODE };
  return mark.since === 0 ? bestEpisodes(sql, page) : changedEpisodes(sql, { ...page, since: mark.since });
}

/** A whole library needs no tombstones: what it does not name is gone. */
async function readPruned(
  sql: Sql,
  { rigId, mark, prunedVersion }: PageQuery,
  after: { version: number; id: string },
): Promise<Omit<Page, "bodies">> {
  const { since, version } = mark;
  if (since === 0 || prunedVersion <= since) return { prunedIds: [], rigIds: new Set(), at: undefined };
  const rows = await prunedEpisodes(sql, { rigId, since, upTo: version, after, limit: PRUNED_PAGE_MAX + 1 });
  const shown = rows.slice(0, PRUNED_PAGE_MAX);
  const last = rows.length > shown.length ? shown.at(-1) : undefined;
  return {
    prunedIds: shown.map(({ id }) => id),
    rigIds: new Set(shown.map(({ rig_id }) => rig_id)),
    at: last && { stage: "pruned", version: last.version, id: last.id },
  };
}
