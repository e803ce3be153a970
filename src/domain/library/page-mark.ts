import { Type, type Static } from "typebox";
import { Fault } from "../../base/fault.ts";
import { schema } from "../../base/schema.ts";
import { BEST_START } from "../../db/library.ts";
import { LIBRARY_PAGE_MAX } from "../../wire/library.ts";

const version = Type.Integer({ minimum: 0, maximum: Number.MAX_SAFE_INTEGER });
const id = Type.String({ maxLength: 200 });

/** Where a sync goes on. The hub keeps nothing of it: any hub can serve the next page, and so can one that restarted. */
const PageMarkJson = Type.Object({
  epoch: Type.String({ maxLength: 64 }),
  /** Of the first page: what changes afterwards comes with the next delta. */
  version,
  /** What the rig had; 0 for a whole library. */
  since: version,
  at: Type.Union([
    Type.Object({ stage: Type.Literal("episodes"), score: Type.Number(), id }),
    Type.Object({ stage: Type.Literal("pruned"), version, id }),
  ]),
  /** Episodes sent so far. With one more page it still fits its column, also in a mark that somebody wrote by hand. */
  sent: Type.Integer({ minimum: 0, maximum: 2 ** 31 - 1 - LIBRARY_PAGE_MAX }),
  /** The row of the sync log; null before the first page. */
  log: Type.Union([version, Type.Null()]),
});

export type PageMark = Static<typeof PageMarkJson>;
const pageMarkSchema = schema("page", PageMarkJson);

/** Longer than any mark of ours: a rig's name of 64 letters of four bytes fits. */
const TEXT_MAX = 1500;

export function firstMark(start: Pick<PageMark, "epoch" | "version" | "since">): PageMark {
  return { ...start, at: { stage: "episodes", ...BEST_START }, sent: 0, log: null };
}

export function writeMark(mark: PageMark): string {
  return Buffer.from(JSON.stringify(mark)).toString("base64url");
}

/** Whoever writes a mark by hand gets other pages of what the rig may see anyway. Faults: `invalid_request`. */
export function readMark(text: string): PageMark {
  const mark = text.length <= TEXT_MAX ? parsed(text) : undefined;
  if (pageMarkSchema.is(mark) && !mark.at.id.includes("\0")) return mark;
  throw new Fault("invalid_request", "page is no page of this hub", "send next of the page before, or leave page out");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}
