import { librarySize } from "../../db/library.ts";
import type { HubContext } from "../context.ts";

/** Counts the active episodes once a version: the count is the dearest part of a small delta. */
export interface Totals {
  /** At `version`, or later when it has moved on meanwhile. */
  at(epoch: string, version: number): Promise<number>;
}

export function createTotals({ sql }: HubContext): Totals {
  let known = { epoch: "", version: -1, total: 0 };
  return {
    async at(epoch, version) {
      if (known.epoch !== epoch || known.version !== version) known = await librarySize(sql);
      return known.total;
    },
  };
}
