import type { ISql, Sql } from "postgres";
import { keyHash } from "../../src/base/api-key.ts";
import type { FleetEpisode } from "../../src/wire/episode.ts";
import type { Category, OutcomeName } from "../../src/wire/vocabulary.ts";

/** An episode as a library test needs it: what it is about, and nothing else. */
export interface EpisodeSpec {
  readonly id: string;
  readonly rigId?: string;
  readonly score?: number;
  readonly category?: Category;
  readonly outcome?: OutcomeName;
  /** In its body only: makes it large, or tells two forms of it apart. */
  readonly text?: string;
}

export interface Publication {
  readonly at?: Date;
  readonly put?: readonly EpisodeSpec[];
  readonly archive?: readonly string[];
}

const AT = new Date("2026-11-10T11:00:00Z");
/** Whoever publishes takes it first, so that versions commit in order. */
const PUBLISH_LOCK = 4_711;

export function rigKey(rigId: string): string {
  return `sk-fleet-test-${rigId}`;
}

/** Enrolled rigs whose keys are `rigKey`. */
export async function enrolRigs(sql: ISql, rigIds: readonly string[]): Promise<void> {
  for (const rigId of rigIds) {
    await sql`
      insert into rigs (rig_id, key_hash, well_id, field, registered_at)
      values (${rigId}, ${keyHash(rigKey(rigId))}, 'WELL-1', 'Test Basin', ${AT})
      on conflict do nothing`;
  }
}

/** One version of the library, in one transaction, as a curation run makes it. */
export function publish(sql: Sql, publication: Publication): Promise<number> {
  return sql.begin((tx) => publishIn(tx, publication));
}

export async function publishIn(tx: ISql, { at = AT, put = [], archive = [] }: Publication): Promise<number> {
  await tx`select pg_advisory_xact_lock(${PUBLISH_LOCK})`;
  const [row] = await tx<{ version: number }[]>`select nextval('library_version_seq') as version`;
  const version = row?.version ?? 0;
  for (const spec of put) await putEpisode(tx, spec, version);
  if (archive.length > 0) await archiveEpisodes(tx, archive, version, at);
  await tx`
    insert into library_versions (version, committed_at, changed, removed)
    values (${version}, ${at}, ${put.length}, ${archive.length})`;
  return version;
}

async function putEpisode(tx: ISql, spec: EpisodeSpec, version: number): Promise<void> {
  const { id, rigId = "RIG-1", score = 0.5, category = "WellControl", outcome = "Resolved" } = spec;
  await putEvent(tx, { id, rigId, category, outcome });
  await tx`
    insert into episodes (id, source_event_id, rig_id, well_id, field, category, campaign, depth_min, depth_max,
      risk_level, severity, outcome, event_count, detail, diversity, score, scored_at, published_score, key_metrics,
      situation, timestamp, version, body, curated_at)
    values (${id}, ${id}, ${rigId}, 'WELL-1', 'Test Basin', ${category}, 'Production', 9000, 9000, 'High', 'Medium',
      ${outcome}, 1, 0.5, 0.5, ${score}, ${AT}, ${score}, '{}', '', ${AT}, ${version},
      ${JSON.stringify(anEpisode(spec))}, ${AT})
    on conflict (id) do update set version = excluded.version, body = excluded.body, score = excluded.score,
      published_score = excluded.published_score, outcome = excluded.outcome, archived = false`;
  await tx`delete from tombstones where episode_id = ${id}`;
}

async function putEvent(tx: ISql, spec: Required<Pick<EpisodeSpec, "id" | "rigId" | "category" | "outcome">>) {
  const { id, rigId, category, outcome } = spec;
  await tx`
    insert into events (id, rig_id, well_id, field, campaign, risk_level, severity, category, depth, timestamp,
      advisory_at, outcome, payload, frame, digest, body_bytes, snapshots, situation, key_metrics, received_at,
      needs_curation)
    values (${id}, ${rigId}, 'WELL-1', 'Test Basin', 'Production', 'High', 'Medium', ${category}, 9000, ${AT}, ${AT},
      ${outcome}, '{}', '', '', 0, 1, '', '{}', ${AT}, false)
    on conflict do nothing`;
}

async function archiveEpisodes(tx: ISql, ids: readonly string[], version: number, at: Date): Promise<void> {
  await tx`
    with gone as (
      update episodes set archived = true, archived_reason = 'age', archived_at = ${at}, version = ${version}
      where id in ${tx(ids)} and not archived returning id, rig_id
    )
    insert into tombstones (episode_id, rig_id, version, reason, buried_at)
    select id, rig_id, ${version}, 'age', ${at} from gone
    on conflict (episode_id) do update set version = excluded.version`;
}

export function anEpisode(spec: EpisodeSpec): FleetEpisode {
  const { id, rigId = "RIG-1", score = 0.5, category = "WellControl", text = "shut in and circulated" } = spec;
  return {
    id,
    rig_id: rigId,
    category,
    campaign: "Production",
    depth_range: [9000, 9000],
    risk_level: "High",
    severity: "Medium",
    resolution_summary: text,
    outcome: { Resolved: { action_taken: text } },
    timestamp: AT.getTime() / 1000,
    key_metrics: {
      mse_efficiency: 90,
      flow_balance: 9.5,
      d_exponent: 12,
      torque_delta_percent: 1,
      ecd_margin: 0.6,
      rop: 60,
    },
    score,
  };
}

export interface Fill {
  readonly episodes: number;
  /** RIG-1 … RIG-n, an equal share each; enrolled already. */
  readonly rigs: number;
  readonly at?: Date;
}

/** A library of many episodes as one version, made inside the database; bodies differ as real ones do (some 900 B). */
export async function fillLibrary(sql: Sql, { episodes, rigs, at = AT }: Fill): Promise<number> {
  return sql.begin(async (tx) => {
    const version = await publishIn(tx, { at });
    await tx`
      insert into events (id, rig_id, well_id, field, campaign, risk_level, severity, category, depth, timestamp,
        advisory_at, payload, frame, digest, body_bytes, snapshots, situation, key_metrics, received_at, needs_curation)
      select 'RIG-' || (n % ${rigs}::int + 1) || '-' || (1790000000 + n), 'RIG-' || (n % ${rigs}::int + 1), 'WELL-1',
        'Test Basin', 'Production', 'High', 'Medium', 'WellControl', 9000, ${at}, ${at}, '{}', '', '', 0, 1, '', '{}',
        ${at}, false
      from generate_series(1, ${episodes}::int) n`;
    await tx`
      insert into episodes (id, source_event_id, rig_id, well_id, field, category, campaign, depth_min, depth_max,
        risk_level, severity, outcome, event_count, detail, diversity, score, scored_at, published_score, key_metrics,
        situation, timestamp, version, body, curated_at)
      select id || '-episode', id, rig_id, well_id, field, category, campaign, depth, depth, risk_level, severity,
        outcome, 1, 0.5, 0.5, score, ${at}, score, '{}', '', timestamp, ${version}, body, ${at}
      from events
      cross join lateral (select md5(events.id) as noise, round(random()::numeric, 2)::float8 as score) as drawn
      cross join lateral (
        select jsonb_build_object('id', events.id || '-episode', 'rig_id', rig_id, 'category', category,
          'campaign', campaign, 'depth_range', jsonb_build_array(random() * 15000, random() * 15000),
          'risk_level', risk_level, 'severity', severity, 'timestamp', 1790000000 + (random() * 1e6)::int,
          'resolution_summary', 'raised mud weight, circulated bottoms up ' || noise,
          'outcome', jsonb_build_object('Resolved', jsonb_build_object('action_taken', 'circulated ' || noise)),
          'key_metrics', jsonb_build_object('mse_efficiency', random() * 100, 'flow_balance', random() * 50,
            'd_exponent', random() * 9, 'torque_delta_percent', random() * 9, 'ecd_margin', random(),
            'rop', random() * 200),
          'score', score, 'well_id', well_id, 'field', field, 'situation', left(noise, 16), 'notes', null,
          'event_count', 1, 'category_inferred', false)::text as body) as written
      where not exists (select from episodes where source_event_id = events.id)`;
    return version;
  });
}
