import { Fault } from "../base/fault.ts";

const MARK_MAX = 600;

/** Where a list goes on, as one text for an address: a number and an id. */
export function listMark(at: number, id: string): string {
  return Buffer.from(JSON.stringify([at, id])).toString("base64url");
}

/** Faults: `invalid_request`. */
export function readListMark(text: string): { readonly at: number; readonly id: string } {
  const mark = text.length <= MARK_MAX ? parsed(text) : undefined;
  if (Array.isArray(mark)) {
    const [at, id]: unknown[] = mark;
    if (typeof at === "number" && typeof id === "string" && !id.includes("\0")) return { at, id };
  }
  throw new Fault("invalid_request", "after is no place in this list", "start at its first page");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, "base64url").toString("utf8"));
  } catch {
    return undefined;
  }
}

export interface ListPage<T> {
  readonly rows: readonly T[];
  readonly next: string | null;
}

/** From one row more than the page shows. */
export function listPage<T>(rows: readonly T[], limit: number, markOf: (row: T) => string): ListPage<T> {
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { rows: shown, next: last === undefined ? null : markOf(last) };
}
