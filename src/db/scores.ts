import type { ISql, TransactionSql } from "postgres";

/** The score's formula in numbers; what they mean is said where they are set. */
export interface ScoreFormula {
  readonly terms: {
    readonly outcome: number;
    readonly recency: number;
    readonly detail: number;
    readonly diversity: number;
    readonly outcomes: Readonly<Record<string, number>>;
    readonly recencyDays: number;
    readonly forgotten: number;
  };
  readonly pendingDays: number;
  readonly at: Date;
  /** By name; who is not there has a share of 0. */
  readonly categoryShares: ReadonlyMap<string, number>;
  readonly rigShares: ReadonlyMap<string, number>;
  /** A smaller difference is left alone. */
  readonly scoreStep: number;
  /** A smaller difference to the published score is not published. */
  readonly publishStep: number;
  readonly decimals: number;
}

/** Part of the library in the order of ids. */
export interface ScorePage {
  /** Everything after this id. */
  readonly after: string;
  readonly limit: number;
}

export interface PageScores {
  /** Null when the page is empty. */
  readonly last: string | null;
  /** Those to publish are among them. */
  readonly moved: number;
  readonly published: number;
}

/** What re-scoring a page would change. */
export async function measurePage(sql: ISql, formula: ScoreFormula, page: ScorePage): Promise<PageScores> {
  const [row] = await sql<PageScores[]>`
    with fresh as (${freshScores(sql, formula, page)})
    select max(id) as last,
      count(*) filter (where ${isMoved(sql, formula)} or ${isPublished(sql, formula)}) as moved,
      count(*) filter (where ${isPublished(sql, formula)}) as published
    from fresh`;
  return row ?? { last: null, moved: 0, published: 0 };
}

/** Re-scores what moved. The published score, the JSON and the version follow where the difference matters to rigs. */
export async function rescorePage(
  tx: TransactionSql,
  formula: ScoreFormula,
  page: ScorePage & { readonly version: number | null },
): Promise<void> {
  const shown = tx`round(fresh.score::numeric, ${formula.decimals}::int)::double precision`;
  await tx`
    with fresh as (${freshScores(tx, formula, page)})
    update episodes e set
      score = fresh.score, diversity = fresh.diversity, scored_at = ${formula.at}
    from fresh
    where e.id = fresh.id and ${isMoved(tx, formula)} and not ${isPublished(tx, formula)}`;
  if (page.version === null) return;
  await tx`
    with fresh as (${freshScores(tx, formula, page)})
    update episodes e set
      score = fresh.score, diversity = fresh.diversity, scored_at = ${formula.at},
      published_score = ${shown}, version = ${page.version},
      body = regexp_replace(e.body, '"score":[^,}]*}$', '"score":' || ${shown} || '}')
    from fresh
    where e.id = fresh.id and ${isPublished(tx, formula)}`;
}

/** Scores of given episodes as SQL reckons them: what tests hold against the same in TypeScript. */
export async function scoresInSql(sql: ISql, formula: ScoreFormula, page: ScorePage): Promise<Map<string, number>> {
  const rows = await sql<{ id: string; score: number }[]>`
    select id, score from (${freshScores(sql, formula, page)}) fresh`;
  return new Map(rows.map(({ id, score }) => [id, score]));
}

function isMoved(sql: ISql, { scoreStep }: ScoreFormula) {
  return sql`(abs(fresh.score - fresh.old_score) >= ${scoreStep})`;
}

function isPublished(sql: ISql, { publishStep }: ScoreFormula) {
  return sql`(abs(fresh.score - fresh.old_published) >= ${publishStep})`;
}

function freshScores(sql: ISql, formula: ScoreFormula, { after, limit }: ScorePage) {
  const { terms } = formula;
  const json = (map: Iterable<[string, number]>) => sql`${JSON.stringify(Object.fromEntries(map))}::text::jsonb`;
  return sql`
    select id, old_score, old_published, diversity,
      case when outcome = 'Pending' and age_days > ${formula.pendingDays}::double precision
        then ${terms.forgotten}::double precision
        else ${terms.outcome}::double precision * (outcomes.weights ->> outcome)::double precision
          + ${terms.recency}::double precision * exp(-age_days / ${terms.recencyDays}::double precision)
          + ${terms.detail}::double precision * detail
          + ${terms.diversity}::double precision * diversity
      end as score
    from (
      select p.id, p.outcome, p.detail, p.score as old_score, p.published_score as old_published,
        greatest(0, extract(epoch from ${formula.at}::timestamptz - p.timestamp))::double precision / 86400 as age_days,
        (2 - coalesce((shares.categories ->> p.category)::double precision, 0)
          - coalesce((shares.rigs ->> p.rig_id)::double precision, 0)) / 2 as diversity
      from (
        select id, rig_id, category, outcome, timestamp, detail, score, published_score
        from episodes where not archived and id > ${after}
        order by id limit ${limit}) p,
        (select ${json(formula.categoryShares)} as categories, ${json(formula.rigShares)} as rigs) shares
    ) parts,
      (select ${json(Object.entries(terms.outcomes))} as weights) outcomes`;
}
