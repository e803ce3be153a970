import type { Database } from "bun:sqlite";
import type { OutcomePatch } from "../../src/wire/outcome.ts";
import { isSealed, sealOf } from "./seal.ts";

export type OutcomeState = "pending" | "sent" | "refused";

/** What a driller's acknowledgment made of one event; at most one an event, the newest. */
export interface OutcomeColumns {
  readonly event_id: string;
  /** The patch as JSON, as it will be sent. */
  readonly patch: string;
  readonly state: OutcomeState;
  readonly code: string | null;
  readonly reason: string | null;
  /** Unix ms. */
  readonly recorded_at: number;
}

/** The newest acknowledgment of an advisory, kept whether its event is here yet or not. */
export interface AcknowledgmentColumns {
  readonly ticket_timestamp: number;
  /** Unix s. */
  readonly acknowledged_at: number;
  readonly patch: string;
  readonly recorded_at: number;
}

type Sealed<T> = T & { readonly seal: Uint8Array };

export interface OutcomeRows {
  put(columns: OutcomeColumns): void;
  byEvent(eventId: string): Sealed<OutcomeColumns> | undefined;
  /** Of events that the hub has, oldest first. */
  sendable(limit: number): string[];
  remove(eventId: string): void;
  counts(): { readonly pending: number; readonly refused: number };
  refusedIds(limit: number): string[];
  /** Drops what the hub has taken and what lost its event. */
  prune(recordedBefore: number): void;
}

export interface AcknowledgmentRows {
  put(columns: AcknowledgmentColumns): void;
  byTicket(ticketTimestamp: number): Sealed<AcknowledgmentColumns> | undefined;
  remove(ticketTimestamp: number): void;
  prune(recordedBefore: number, keep: number): void;
}

export function patchJson(patch: OutcomePatch): string {
  return JSON.stringify({
    outcome: patch.outcome,
    action_taken: patch.action_taken ?? null,
    notes: patch.notes ?? null,
    ...(patch.given_by === undefined ? {} : { given_by: patch.given_by }),
    ...(patch.given_at === undefined ? {} : { given_at: patch.given_at }),
    ...(patch.precedents === undefined ? {} : { precedents: patch.precedents }),
  });
}

/** Whether both say the same of the event, whoever said it, when, and by what. */
export function saysTheSame(one: OutcomePatch, other: OutcomePatch): boolean {
  const alone = ({ given_by: _by, given_at: _at, precedents: _shown, ...said }: OutcomePatch) => patchJson(said);
  return alone(one) === alone(other);
}

export function isSoundOutcome(row: Sealed<OutcomeColumns>): boolean {
  return isSealed(row.seal, outcomeValues(row));
}

export function isSoundAcknowledgment(row: Sealed<AcknowledgmentColumns>): boolean {
  return isSealed(row.seal, acknowledgmentValues(row));
}

export function createOutcomeRows(db: Database): OutcomeRows {
  const put = db.query(
    `insert or replace into outcomes (event_id, patch, state, code, reason, recorded_at, seal)
     values ($event_id, $patch, $state, $code, $reason, $recorded_at, $seal)`,
  );
  const byEvent = db.query<Sealed<OutcomeColumns>, { id: string }>(`select * from outcomes where event_id = $id`);
  const sendable = db.query<{ event_id: string }, { limit: number }>(
    `select outcomes.event_id from outcomes join events on events.id = outcomes.event_id and events.state = 'sent'
     where outcomes.state = 'pending' order by recorded_at, event_id limit $limit`,
  );
  const refused = db.query<{ event_id: string }, { limit: number }>(
    `select event_id from outcomes where state = 'refused' order by recorded_at desc limit $limit`,
  );
  const remove = db.query(`delete from outcomes where event_id = $id`);
  const counts = db.query<{ pending: number; refused: number }, []>(
    `select count(*) filter (where state = 'pending') as pending, count(*) filter (where state = 'refused') as refused
     from outcomes`,
  );
  const prune = db.query(
    `delete from outcomes where recorded_at < $before
       and (state = 'sent' or not exists (select 1 from events where events.id = outcomes.event_id))`,
  );

  return {
    put: (row) => void put.run({ ...row, seal: sealOf(outcomeValues(row)) }),
    byEvent: (id) => byEvent.get({ id }) ?? undefined,
    sendable: (limit) => sendable.all({ limit }).map((row) => row.event_id),
    refusedIds: (limit) => refused.all({ limit }).map((row) => row.event_id),
    remove: (id) => void remove.run({ id }),
    counts: () => counts.get() ?? { pending: 0, refused: 0 },
    prune: (before) => void prune.run({ before }),
  };
}

export function createAcknowledgmentRows(db: Database): AcknowledgmentRows {
  const put = db.query(
    `insert or replace into acknowledgments (ticket_timestamp, acknowledged_at, patch, recorded_at, seal)
     values ($ticket_timestamp, $acknowledged_at, $patch, $recorded_at, $seal)`,
  );
  const byTicket = db.query<Sealed<AcknowledgmentColumns>, { ticket: number }>(
    `select * from acknowledgments where ticket_timestamp = $ticket`,
  );
  const remove = db.query(`delete from acknowledgments where ticket_timestamp = $ticket`);
  const prune = db.query(
    `delete from acknowledgments where recorded_at < $before or ticket_timestamp not in
       (select ticket_timestamp from acknowledgments order by recorded_at desc limit $keep)`,
  );
  return {
    put: (row) => void put.run({ ...row, seal: sealOf(acknowledgmentValues(row)) }),
    byTicket: (ticket) => byTicket.get({ ticket }) ?? undefined,
    remove: (ticket) => void remove.run({ ticket }),
    prune: (before, keep) => void prune.run({ before, keep }),
  };
}

function outcomeValues(row: OutcomeColumns): (string | number | null)[] {
  return [row.event_id, row.patch, row.state, row.code, row.reason, row.recorded_at];
}

function acknowledgmentValues(row: AcknowledgmentColumns): (string | number | null)[] {
  return [row.ticket_timestamp, row.acknowledged_at, row.patch, row.recorded_at];
}
