import type { ISql } from "postgres";
import type { Campaign, Category, OutcomeName } from "../wire/vocabulary.ts";

/** Active episodes of one category, one outcome or one campaign: the other two are null. */
export interface ShareRow {
  readonly category: Category | null;
  readonly outcome: OutcomeName | null;
  readonly campaign: Campaign | null;
  readonly count: number;
}

/** Greatest first. */
export async function libraryShares(sql: ISql): Promise<ShareRow[]> {
  return sql<ShareRow[]>`
    select category, outcome, campaign, count(*) as count
    from episodes where not archived
    group by grouping sets ((category), (outcome), (campaign))
    order by count desc, category, outcome, campaign`;
}

export interface LibraryCounts {
  readonly version: number;
  readonly total: number;
  readonly archived: number;
}

export async function libraryCounts(sql: ISql): Promise<LibraryCounts> {
  const [row] = await sql<LibraryCounts[]>`
    select version, active as total, every - active as archived
    from (select
      coalesce((select max(version) from library_versions), 0) as version,
      (select count(*) from episodes) as every,
      (select count(*) from episodes where not archived) as active) as counted`;
  return row ?? { version: 0, total: 0, archived: 0 };
}
