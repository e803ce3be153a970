import type { TransactionSql } from "postgres";

/** Where an event stands. */
export interface EventStanding {
  readonly apart: boolean;
  readonly held: boolean;
  /** Null while it was never curated, or cannot be. */
  readonly episode_id: string | null;
  /** Events of that episode, this one included. */
  readonly event_count: number;
}

/** Waits for a curation batch that has the event: what that batch decided is what a person then changes. */
export async function lockStanding(tx: TransactionSql, eventId: string): Promise<EventStanding | undefined> {
  await tx`select from events where id = ${eventId} for no key update`;
  const [row] = await tx<EventStanding[]>`
    select e.apart, e.held, e.episode_id,
      (select count(*) from events other where other.episode_id = e.episode_id) as event_count
    from events e where e.id = ${eventId}`;
  return row;
}

/** The next curation reads its session again, and the place that it left or comes back to. */
export async function markApart(tx: TransactionSql, eventId: string, apart: boolean): Promise<void> {
  await tx`
    update events set apart = ${apart}, needs_curation = true, curation_error = null where id = ${eventId}`;
}
