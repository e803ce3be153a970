import type { ISql } from "postgres";
import { encodeSituation } from "../../src/recall/fingerprint.ts";

const SITUATIONS = 512;
const FEATURES = 12;

/** Any situations, always the same ones. */
function situations(): string[] {
  return Array.from({ length: SITUATIONS }, (_, n) =>
    encodeSituation(
      Int8Array.from({ length: FEATURES }, (_value, at) => ((n * 37 + at * at * 11 + at * n) % 255) - 127),
    ),
  );
}

export interface LibrarySeed {
  readonly episodes: number;
  readonly archived: number;
  readonly rigs: number;
  /** The newest event; each one before it is so much older that they fill a year and more. */
  readonly at: Date;
}

/** A library as years of a fleet leave it: every kind, age and score; an event and a version row for each. */
export async function seedVariedLibrary(sql: ISql, { episodes, archived, rigs, at }: LibrarySeed): Promise<void> {
  const all = episodes + archived;
  await sql`
    insert into rigs (rig_id, key_hash, well_id, field, registered_at)
    select 'RIG-' || n, sha256(n::text::bytea), 'WELL-' || n, 'Field ' || n % 9, ${at} from generate_series(1, ${rigs}::int) n
    on conflict do nothing`;
  await sql`
    insert into events (id, rig_id, well_id, field, campaign, risk_level, severity, category, depth, timestamp,
      advisory_at, outcome, payload, frame, digest, body_bytes, snapshots, situation, key_metrics, received_at,
      needs_curation, episode_id)
    select id, rig_id, 'WELL-1', 'Test Basin', campaign, 'High', 'Medium', category, depth, at, at, outcome, '{}', '', '', 0,
      60, situation, '{}', at, false, id || '-episode'
    from (
      select n, 'RIG-' || rig || '-' || (1700000000 + n) as id, 'RIG-' || rig as rig_id,
        (array['Production', 'PlugAbandonment'])[1 + (n % 5 = 0)::int] as campaign,
        (array['WellControl', 'Mechanical', 'Mechanical', 'Hydraulics', 'DrillingEfficiency', 'None'])[1 + n % 6] as category,
        2000 + (n::bigint * 7919) % 15000 as depth, ${at}::timestamptz - make_interval(mins => n * 12) as at,
        (array['Pending', 'Resolved', 'Escalated', 'FalsePositive', 'Resolved'])[1 + (n * 7) % 5] as outcome,
        (${situations()}::text[])[1 + (n * 31) % ${SITUATIONS}::int] as situation
      from (select n, 1 + (n::bigint * n) % ${rigs}::int as rig from generate_series(1, ${all}::int) n) numbered) made
    on conflict do nothing`;
  await sql`
    insert into episodes (id, source_event_id, rig_id, well_id, field, category, campaign, depth_min, depth_max,
      risk_level, severity, outcome, resolution, event_count, detail, diversity, score, scored_at, published_score,
      key_metrics, situation, timestamp, version, body, created_at, curated_at, archived, archived_reason, archived_at)
    select episode_id, id, rig_id, well_id, field, category, campaign, depth, depth, risk_level, severity, outcome,
      'circulated bottoms up', 1, 0.3, 0.9, score, ${at}, score, '{}', situation, timestamp, version,
      jsonb_build_object('id', episode_id, 'rig_id', rig_id, 'category', category, 'campaign', campaign,
        'depth_range', jsonb_build_array(depth, depth), 'risk_level', risk_level, 'severity', severity,
        'resolution_summary', 'circulated bottoms up', 'outcome', 'Pending',
        'timestamp', extract(epoch from timestamp)::bigint, 'notes', repeat('n', 400), 'situation', situation,
        'key_metrics', jsonb_build_object('mse_efficiency', 90, 'flow_balance', 9.5, 'd_exponent', 12,
          'torque_delta_percent', 1, 'ecd_margin', 0.6, 'rop', 60), 'score', score)::text, timestamp, ${at},
      gone, case when gone then 'age' end, case when gone then timestamp + interval '2 years' end
    from (
      select *, row_number() over (order by timestamp desc) > ${episodes}::int as gone,
        round((((depth::bigint * 7907) % 9973) / 9973.0)::numeric, 4)::float8 as score,
        1 + (row_number() over (order by timestamp)) / 40 as version
      from events where episode_id like '%-episode') source
    on conflict do nothing`;
  await sql`
    insert into library_versions (version, committed_at, changed, removed)
    select version, min(timestamp), count(*), 0 from episodes group by version on conflict do nothing`;
  await sql`
    insert into library_changes (version, episode_id, kind, before, after)
    select version, id, 'created', null, jsonb_build_object('outcome', outcome, 'score', published_score) from episodes
    on conflict do nothing`;
  await sql`select setval('library_version_seq', (select max(version) from library_versions))`;
}
