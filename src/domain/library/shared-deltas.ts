import { KIB } from "../../base/limits.ts";
import type { Polled } from "../../db/library-poll.ts";
import type { HubContext } from "../context.ts";
import { firstMark } from "./page-mark.ts";
import { readPage } from "./pages.ts";
import { encodeReply, replyText } from "./reply.ts";
import type { Totals } from "./totals.ts";

/** Deltas kept, the newest: rigs are a few versions behind, each in one of two encodings. */
const KEPT_MAX = 64;
const BODY_BYTES_MAX = 64 * KIB;

export interface DeltaQuery {
  readonly since: number;
  readonly limit: number;
  readonly acceptsZstd: boolean;
}

export interface SharedDelta {
  /** Those get a reply of their own: a rig never receives its own episodes. */
  readonly rigIds: ReadonlySet<string>;
  readonly count: number;
  readonly total: number;
  readonly encoding: "zstd" | "identity";
  readonly body: Uint8Array;
  readonly byteLength: number;
}

/** Deltas of one page, made once for all rigs that are equally far behind. */
export interface SharedDeltas {
  /** Undefined when it takes more than one page, or is too large to keep. */
  get(polled: Polled, query: DeltaQuery): Promise<SharedDelta | undefined>;
}

export function createSharedDeltas(context: HubContext, totals: Totals): SharedDeltas {
  const kept = new Map<string, Promise<SharedDelta | undefined>>();

  async function make(polled: Polled, { since, limit, acceptsZstd }: DeltaQuery): Promise<SharedDelta | undefined> {
    const { epoch, version, pruned_version: prunedVersion } = polled;
    const mark = firstMark({ epoch, version, since });
    const page = await readPage(context.sql, { rigId: "", mark, limit, prunedVersion });
    if (page.at !== undefined) return undefined;
    const total = await totals.at(epoch, version);
    const text = replyText({ version, total, ...page, more: { epoch, next: null, full: false } });
    const encoded = encodeReply(text, context.zstd, acceptsZstd);
    if (encoded.byteLength > BODY_BYTES_MAX) return undefined;
    return { rigIds: page.rigIds, count: page.bodies.length, total, ...encoded };
  }

  return {
    get(polled, query) {
      const name = [polled.epoch, polled.version, query.since, query.limit, query.acceptsZstd].join(" ");
      const known = kept.get(name);
      if (known !== undefined) return known;
      const made = make(polled, query);
      kept.set(name, made);
      // What failed is not kept; whoever waits for it gets the error.
      made.catch(() => kept.delete(name));
      const oldest = kept.keys().next().value;
      if (kept.size > KEPT_MAX && oldest !== undefined) kept.delete(oldest);
      return made;
    },
  };
}
