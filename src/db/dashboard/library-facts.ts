import type { ISql } from "postgres";
import type { Campaign, Category } from "../../wire/vocabulary.ts";

export const SCORE_BARS = 20;

/** Active episodes that share their kind, their score bar and their age band. */
export interface KindRow {
  readonly category: Category;
  readonly campaign: Campaign;
  /** 0 to 19; a bar holds its lower end, the last one both. */
  readonly bar: number;
  /** Index into the ages asked for; as many as there are: older than all. */
  readonly band: number;
  readonly episodes: number;
}

/** The whole library as counts; `ages` are times, the newest first. */
export async function libraryKinds(sql: ISql, ages: readonly Date[]): Promise<KindRow[]> {
  return sql<KindRow[]>`
    select category, campaign, bar, band, count(*) as episodes
    from (
      select category, campaign, ${bandOf(sql, ages)} as band,
        least(${SCORE_BARS - 1}::int, greatest(0, floor(published_score * ${SCORE_BARS}::int)::int)) as bar
      from episodes where not archived) counted
    group by category, campaign, bar, band`;
}

export interface PendingRow {
  readonly band: number;
  readonly episodes: number;
}

/** Active episodes that nobody answered, by age as above. */
export async function pendingAges(sql: ISql, ages: readonly Date[]): Promise<PendingRow[]> {
  return sql<PendingRow[]>`
    select band, count(*) as episodes
    from (select ${bandOf(sql, ages)} as band from episodes where not archived and outcome = 'Pending') counted
    group by band`;
}

function bandOf(sql: ISql, ages: readonly Date[]) {
  return ages.reduceRight(
    (older, at, index) => sql`case when timestamp >= ${at} then ${index}::int else ${older} end`,
    sql`${ages.length}::int`,
  );
}

export interface LibraryHead {
  readonly version: number;
  readonly committed_at: Date | null;
  readonly archived: number;
  /** Rigs that may still send. */
  readonly rigs: number;
}

export async function libraryHead(sql: ISql): Promise<LibraryHead> {
  const [row] = await sql<LibraryHead[]>`
    select coalesce(newest.version, 0) as version, newest.committed_at,
      (select count(*) from episodes where archived) as archived,
      (select count(*) from rigs where status <> 'revoked') as rigs
    from (select 1) one
    left join (select version, committed_at from library_versions order by version desc limit 1) newest on true`;
  return row ?? { version: 0, committed_at: null, archived: 0, rigs: 0 };
}
