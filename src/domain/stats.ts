import { libraryCounts, libraryShares, type ShareRow } from "../db/stats.ts";
import type { Campaign, Category, OutcomeName } from "../wire/vocabulary.ts";
import type { HubContext } from "./context.ts";

/** GET /api/fleet/library/stats. Breakdowns are of the active episodes, greatest first; what has none is left out. */
export interface LibraryStats {
  /** Active episodes. */
  readonly total: number;
  readonly archived: number;
  readonly version: number;
  readonly category_breakdown: readonly { readonly category: Category; readonly count: number }[];
  readonly outcome_breakdown: readonly { readonly outcome: OutcomeName; readonly count: number }[];
  readonly campaign_breakdown: readonly { readonly campaign: Campaign; readonly count: number }[];
}

export async function libraryStats({ sql }: HubContext): Promise<LibraryStats> {
  const [counts, shares] = await Promise.all([libraryCounts(sql), libraryShares(sql)]);
  return {
    ...counts,
    category_breakdown: shares.flatMap(({ category, count }) => (category === null ? [] : [{ category, count }])),
    outcome_breakdown: shares.flatMap(({ outcome, count }) => (outcome === null ? [] : [{ outcome, count }])),
    campaign_breakdown: shares.flatMap(({ campaign, count }: ShareRow) =>
      campaign === null ? [] : [{ campaign, count }],
    ),
  };
}
