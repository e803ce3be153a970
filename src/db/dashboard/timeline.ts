import type { ISql } from "postgres";
import type { EventOutcome } from "../../wire/outcome.ts";
import type { OutcomeName } from "../../wire/vocabulary.ts";

export interface EventWayRow {
  readonly rig_id: string;
  /** By the rig's clock; the last two null where the rig does not tell. */
  readonly advisory_at: Date;
  readonly queued_at: Date | null;
  readonly sent_at: Date | null;
  /** Rig clock minus hub clock when it was sent, s. */
  readonly clock_offset_s: number | null;
  readonly received_at: Date;
  readonly late: boolean;
  /** As it was when it was uploaded; null when nobody had answered by then. */
  readonly uploaded_outcome: EventOutcome | null;
  readonly episode_id: string | null;
  readonly curation_error: string | null;
}

export async function eventWay(sql: ISql, id: string): Promise<EventWayRow | undefined> {
  const [row] = await sql<EventWayRow[]>`
    select rig_id, advisory_at, queued_at, sent_at, clock_offset_s, received_at, late,
      payload -> 'outcome' as uploaded_outcome, episode_id, curation_error
    from events where id = ${id}`;
  return row;
}

export interface AnswerRow {
  readonly outcome: OutcomeName;
  readonly action_taken: string | null;
  readonly notes: string | null;
  readonly received_at: Date;
  readonly given_by: string | null;
  readonly given_at: Date | null;
}

/** Oldest first. */
export async function answers(sql: ISql, eventId: string, limit: number): Promise<AnswerRow[]> {
  return sql<AnswerRow[]>`
    select outcome, action_taken, notes, received_at, given_by, given_at
    from outcome_log where event_id = ${eventId} order by id limit ${limit}`;
}

export interface JoinedRow {
  readonly episode_id: string;
  readonly merged_at: Date;
  readonly run_id: number | null;
}

/** The merges of the event into episodes, oldest first. */
export async function joinedEpisodes(sql: ISql, eventId: string, limit: number): Promise<JoinedRow[]> {
  return sql<JoinedRow[]>`
    select episode_id, merged_at, run_id from merge_audit
    where event_id = ${eventId} order by merged_at, episode_id limit ${limit}`;
}

export type ChangeKind = "created" | "changed" | "rescored" | "returned" | "archived" | "removed";

export interface EpisodeChangeRow {
  readonly version: number;
  readonly kind: ChangeKind;
  readonly before: Readonly<Record<string, unknown>> | null;
  readonly after: Readonly<Record<string, unknown>> | null;
  readonly committed_at: Date | null;
  readonly run_id: number | null;
}

/** The newest of them, oldest first. */
export async function episodeChanges(sql: ISql, episodeId: string, limit: number): Promise<EpisodeChangeRow[]> {
  return sql<EpisodeChangeRow[]>`
    select version, kind, before, after, committed_at, run_id
    from (select * from library_changes where episode_id = ${episodeId} order by version desc limit ${limit}) as change
    left join library_versions using (version)
    order by version`;
}

export interface HeldRow {
  readonly reason: string;
  readonly detail: string;
  readonly received_at: Date;
  readonly decision: string | null;
  readonly decided_at: Date | null;
  readonly decided_by: string | null;
  readonly decision_note: string | null;
}

export async function quarantinedOf(sql: ISql, eventId: string, limit: number): Promise<HeldRow[]> {
  return sql<HeldRow[]>`
    select reason, detail, received_at, decision, decided_at, decided_by, decision_note
    from quarantine where event_id = ${eventId} order by id limit ${limit}`;
}
