import type { ISql, PendingQuery, Row, TransactionSql } from "postgres";

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

export interface MovedScores {
  /** Null when the page is empty. */
  readonly last: string | null;
  readonly ids: readonly string[];
}

/** Which scores of a page moved. Locks nothing, so a page may be large. */
export async function movedScores(sql: ISql, formula: ScoreFormula, { after, limit }: ScorePage): Promise<MovedScores> {
  const page = sql`
    select ${columns(sql)} from episodes where not archived and id > ${after} order by id limit ${limit}`;
  const [row] = await sql<MovedScores[]>`
    select max(id) as last, coalesce(array_agg(id) filter (where ${isMoved(sql, formula)}), '{}') as ids
    from (${freshScores(sql, formula, page)}) fresh`;
  return row ?? { last: null, ids: [] };
}

export interface RescoreCounts {
  /** Those to publish are among them. */
  readonly moved: number;
  readonly published: number;
}

/** What re-scoring these episodes would change now. */
export async function rescoreCounts(sql: ISql, formula: ScoreFormula, ids: readonly string[]): Promise<RescoreCounts> {
  const [row] = await sql<RescoreCounts[]>`
    select count(*) filter (where ${isMoved(sql, formula)}) as moved,
      count(*) filter (where ${isPublished(sql, formula)}) as published
    from (${freshScores(sql, formula, byIds(sql, ids))}) fresh`;
  return row ?? { moved: 0, published: 0 };
}

/**
 * Re-scores those that moved. The published score, the JSON and the version follow where the difference matters to rigs.
 * The caller holds the library's lock; `version` may be null when nothing is to be published.
 */
export async function rescoreEpisodes(
  tx: TransactionSql,
  formula: ScoreFormula,
  { ids, version }: { readonly ids: readonly string[]; readonly version: number | null },
): Promise<void> {
  const fresh = tx`(${freshScores(tx, formula, byIds(tx, ids))}) fresh`;
  await tx`
    update episodes e set score = fresh.score, diversity = fresh.diversity, scored_at = ${formula.at}
    from ${fresh}
    where e.id = fresh.id and ${isMoved(tx, formula)} and not ${isPublished(tx, formula)}`;
  if (version === null) return;
  const shown = tx`round(fresh.score::numeric, ${formula.decimals}::int)::double precision`;
  await tx`
    with published as (
      update episodes e set
        score = fresh.score, diversity = fresh.diversity, scored_at = ${formula.at},
        published_score = ${shown}, version = ${version},
        body = regexp_replace(e.body, '"score":[^,}]*}$', '"score":' || ${shown} || '}')
      from ${fresh}
      where e.id = fresh.id and ${isPublished(tx, formula)}
      returning e.id, fresh.old_published as before, e.published_score as after
    )
    insert into library_changes (version, episode_id, kind, before, after)
    select ${version}, id, 'rescored', jsonb_build_object('score', before), jsonb_build_object('score', after)
    from published`;
}

/** Scores of given episodes as SQL reckons them: what tests hold against the same in TypeScript. */
export async function scoresInSql(
  sql: ISql,
  formula: ScoreFormula,
  ids: readonly string[],
): Promise<Map<string, number>> {
  const rows = await sql<{ id: string; score: number }[]>`
    select id, score from (${freshScores(sql, formula, byIds(sql, ids))}) fresh`;
  return new Map(rows.map(({ id, score }) => [id, score]));
}

function byIds(sql: ISql, ids: readonly string[]) {
  return sql`select ${columns(sql)} from episodes where not archived and id = any(${[...ids]}::text[])`;
}

function columns(sql: ISql) {
  return sql`id, rig_id, category, outcome, timestamp, detail, score, published_score`;
}

function isMoved(sql: ISql, formula: ScoreFormula) {
  const { scoreStep } = formula;
  return sql`(abs(fresh.score - fresh.old_score) >= ${scoreStep} or ${isPublished(sql, formula)})`;
}

function isPublished(sql: ISql, { publishStep }: ScoreFormula) {
  return sql`(abs(fresh.score - fresh.old_published) >= ${publishStep})`;
}

/** Materialised, because a generic plan would parse the shares again for every row: ten times the cost. */
function freshScores(sql: ISql, formula: ScoreFormula, episodes: PendingQuery<Row[]>) {
  const { terms } = formula;
  const json = (map: Iterable<[string, number]>) => sql`${JSON.stringify(Object.fromEntries(map))}::text::jsonb`;
  return sql`
    with given as materialized (
      select ${json(formula.categoryShares)} as categories, ${json(formula.rigShares)} as rigs,
        ${json(Object.entries(terms.outcomes))} as outcomes),
    parts as (
      select p.id, p.outcome, p.detail, p.score as old_score, p.published_score as old_published,
        greatest(0, extract(epoch from ${formula.at}::timestamptz - p.timestamp))::double precision / 86400 as age_days,
        (given.outcomes ->> p.outcome)::double precision as outcome_worth,
        (2 - coalesce((given.categories ->> p.category)::double precision, 0)
          - coalesce((given.rigs ->> p.rig_id)::double precision, 0)) / 2 as diversity
      from (${episodes}) p, given)
    select id, old_score, old_published, diversity,
      case when outcome = 'Pending' and age_days > ${formula.pendingDays}::double precision
        then ${terms.forgotten}::double precision
        else ${terms.outcome}::double precision * outcome_worth
          + ${terms.recency}::double precision * exp(-age_days / ${terms.recencyDays}::double precision)
          + ${terms.detail}::double precision * detail
          + ${terms.diversity}::double precision * diversity
      end as score
    from parts`;
}
