import type { Sql } from "postgres";
import { anEventRow } from "../support/event-rows.ts";

/** Two thirds of the fixtures' ratio: one event in two merges into the one before. */
const EVENTS_AN_EPISODE = 2;
const RIGS = 100;
const APART_S = 7200;
const FIRST_SECOND = 1_780_000_000;
const SCORED_AT = new Date("2026-11-23T00:00:00Z");

const { situation, key_metrics: metrics } = anEventRow();

export async function seedRigs(sql: Sql): Promise<void> {
  await sql`
    insert into rigs (rig_id, key_hash, well_id, field, registered_at)
    select 'RIG-' || rig, sha256(rig::text::bytea), 'WELL-1', 'Test Basin', ${SCORED_AT}
    from generate_series(1, ${RIGS}) rig`;
}

/**
 * Events that wait, spread over rigs and categories, pairs of them within a session. The bodies are empty: curation
 * never reads them, and in real rows they lie outside.
 */
export async function seedEvents(sql: Sql, count: number, from = 0): Promise<void> {
  await sql`
    insert into events (id, rig_id, well_id, field, campaign, risk_level, severity, category, depth, timestamp,
      advisory_at, outcome, payload, frame, digest, body_bytes, snapshots, situation, key_metrics, received_at)
    select 'RIG-' || rig || '-' || second, 'RIG-' || rig, 'WELL-1', 'Test Basin', 'Production',
      (array['Elevated', 'High', 'Critical'])[1 + n % 3], 'Medium',
      (array['None', 'Hydraulics', 'WellControl', 'Mechanical'])[1 + rig % 4], 9000 + n % 50, to_timestamp(second),
      to_timestamp(second), (array['Pending', 'Resolved', 'Escalated', 'FalsePositive'])[1 + n % 4],
      '{}', '', '', 0, 60, ${situation}, ${sql.json(metrics)}, to_timestamp(second)
    from (
      select n, 1 + n / ${EVENTS_AN_EPISODE} % ${RIGS} as rig,
        ${FIRST_SECOND} + n / ${EVENTS_AN_EPISODE * RIGS} * ${APART_S} + n % ${EVENTS_AN_EPISODE} * 60 as second
      from generate_series(${from}::int, ${from + count - 1}::int) n) events`;
}

/** A library as curation leaves it, each episode of one event. */
export async function seedLibrary(sql: Sql, episodes: number): Promise<void> {
  await seedEvents(sql, episodes * EVENTS_AN_EPISODE);
  await sql`delete from events where extract(epoch from timestamp)::bigint % ${APART_S} <> ${FIRST_SECOND % APART_S}`;
  await sql`update events set needs_curation = false, episode_id = id || '-episode'`;
  await sql`
    insert into library_versions (version, committed_at, changed, removed)
    values (nextval('library_version_seq'), ${SCORED_AT}, ${episodes}, 0)`;
  await sql`
    insert into episodes (id, source_event_id, rig_id, well_id, field, category, campaign, depth_min, depth_max,
      risk_level, severity, outcome, resolution, event_count, detail, diversity, score, scored_at, published_score,
      key_metrics, situation, timestamp, version, body, created_at, curated_at)
    select episode_id, id, rig_id, well_id, field, category, campaign, depth, depth, risk_level, severity, outcome,
      'No outcome yet', 1, 0.3, 0.5, 0, ${SCORED_AT}, 0, key_metrics, situation, timestamp, 1,
      format('{"id":"%s","notes":"%s","score":0}', episode_id, repeat('n', 600)), ${SCORED_AT}, ${SCORED_AT}
    from events`;
}

/** Measured without it, an unvacuumed table changes the figures by a factor of three. */
export async function settleTables(sql: Sql): Promise<void> {
  await sql`vacuum (analyze) events`;
  await sql`vacuum (analyze) episodes`;
  await sql`checkpoint`;
}
