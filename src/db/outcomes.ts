import type { ISql } from "postgres";
import type { OutcomeName } from "../wire/vocabulary.ts";

/** Changes kept of one event, newest first: a rig that flips an outcome for ever must not fill the disk. */
export const OUTCOME_LOG_MAX = 100;

export interface OutcomeChange {
  readonly outcome: OutcomeName;
  readonly action_taken: string | null;
  readonly notes: string | null;
  readonly at: Date;
  /** Who answered and when, by the rig; null where it does not tell. */
  readonly given_by: string | null;
  readonly given_at: Date | null;
}

/** The event is to be curated again, also when it could not be curated before. */
export async function setOutcome(sql: ISql, eventId: string, change: OutcomeChange): Promise<void> {
  const { outcome, action_taken, notes, at } = change;
  await sql`
    update events
    set ${sql({ outcome, action_taken, notes, outcome_at: at })}, needs_curation = true, curation_error = null
    where id = ${eventId}`;
}

export async function logOutcome(sql: ISql, eventId: string, change: OutcomeChange): Promise<void> {
  const { at: received_at, ...rest } = change;
  await sql`insert into outcome_log ${sql({ event_id: eventId, ...rest, received_at })}`;
  await sql`
    delete from outcome_log
    where event_id = ${eventId} and id <= (
      select id from outcome_log where event_id = ${eventId} order by id desc offset ${OUTCOME_LOG_MAX} limit 1)`;
}
