import type { Database } from "bun:sqlite";
import { RISK_LEVELS, type RiskLevel } from "../../src/wire/vocabulary.ts";
import { createLedger, type Ledger, type Tally } from "./ledger.ts";
import { isSealed, sealOf, type SealedValue } from "./seal.ts";

export type EventState = "pending" | "refused" | "sent";

export interface EventColumns {
  readonly id: string;
  /** 1 Elevated, 2 High, 3 Critical. */
  readonly risk: number;
  readonly advisory_timestamp: number;
  readonly state: EventState;
  /** Of the hub's refusal. */
  readonly code: string | null;
  readonly reason: string | null;
  /** Unix ms. */
  readonly queued_at: number;
  readonly changed_at: number;
  /** The event as one zstd frame; null once a sent one's body is given up. */
  readonly frame: Uint8Array | null;
}

export interface EventRow extends EventColumns {
  readonly seq: number;
  readonly seal: Uint8Array;
}

/** What eviction and ordering look at, without the body. */
export interface EventWorth {
  readonly id: string;
  readonly risk: number;
  readonly advisory_timestamp: number;
  readonly state: EventState;
  readonly frame_bytes: number;
}

export interface EventRows {
  insert(columns: EventColumns): void;
  /** Puts new columns in the place of those under the same id. */
  replace(columns: EventColumns): void;
  byId(id: string): EventRow | undefined;
  /** Ids that wait, worth most first. */
  pendingIds(limit: number): string[];
  idsInState(state: EventState, limit: number): string[];
  /** Ids of every state whose advisory has this time. */
  idsAt(advisoryTimestamp: number): string[];
  /** The one to go first when there must be room: least risk, set aside before waiting, newest. */
  leastHeld(): EventWorth | undefined;
  /** Sent rows that still have their body, oldest first. */
  sentWithBody(changedBefore: number, limit: number): string[];
  sentWithoutBody(changedBefore: number, limit: number): string[];
  /** Sent ones in the order in which they came. */
  sentAfter(seq: number, limit: number): { readonly id: string; readonly seq: number }[];
  remove(id: string): void;
  /** Counted once, then kept up by inserts until something else changes the table. */
  tally(): Tally;
  /** After a change was taken back. */
  forgetTally(): void;
  counts(): StateCount[];
  /** How many wait, the worst of them and the time of the first that came; the named one left out. */
  waiting(besides: string): Waiting;
  /** Ids whose state no version of ours has written. */
  ofUnknownState(): string[];
}

export interface StateCount {
  readonly state: EventState;
  readonly risk: number;
  readonly events: number;
  readonly bytes: number;
  readonly oldest: number;
}

export interface Waiting {
  readonly events: number;
  readonly risk: number | null;
  readonly queued_at: number | null;
}

export function riskOf(row: { readonly risk: number }): RiskLevel {
  return RISK_LEVELS[row.risk] ?? "Low";
}

export function isSoundRow(row: EventRow): boolean {
  return isSealed(row.seal, sealedValues(row), row.frame);
}

const COLUMNS = "seq, id, risk, advisory_timestamp, state, code, reason, queued_at, changed_at, frame, seal";
const WORTH = "id, risk, advisory_timestamp, state, frame_bytes";

export function createEventRows(db: Database): EventRows {
  const ledger = createLedger(db);
  return {
    ...createReads(db),
    ...createWrites(db, ledger),
    tally: () => ledger.read(),
    forgetTally: () => ledger.forget(),
  };
}

function createWrites(db: Database, ledger: Ledger): Pick<EventRows, "insert" | "replace" | "remove"> {
  const insert = db.query(
    `insert into events (id, risk, advisory_timestamp, state, code, reason, queued_at, changed_at, frame_bytes, frame, seal)
     values ($id, $risk, $advisory_timestamp, $state, $code, $reason, $queued_at, $changed_at, $frame_bytes, $frame, $seal)`,
  );
  const replace = db.query(
    `update events set risk = $risk, advisory_timestamp = $advisory_timestamp, state = $state, code = $code,
       reason = $reason, queued_at = $queued_at, changed_at = $changed_at, frame_bytes = $frame_bytes, frame = $frame,
       seal = $seal
     where id = $id`,
  );
  const remove = db.query(`delete from events where id = $id`);
  return {
    insert(row) {
      insert.run(bound(row));
      ledger.add(row);
    },
    replace(row) {
      replace.run(bound(row));
      ledger.forget();
    },
    remove(id) {
      remove.run({ id });
      ledger.forget();
    },
  };
}

function createReads(db: Database): Omit<EventRows, "insert" | "replace" | "remove" | "tally" | "forgetTally"> {
  const byId = db.query<EventRow, { id: string }>(`select ${COLUMNS} from events where id = $id`);
  const pending = db.query<Id, { limit: number }>(
    `select id from events where state = 'pending' order by risk desc, advisory_timestamp, seq limit $limit`,
  );
  const inState = db.query<Id, { state: string; limit: number }>(
    `select id from events where state = $state order by changed_at desc, seq desc limit $limit`,
  );
  // Naming every state and risk lets one index serve this too: another would cost each enqueue a page.
  const at = db.query<Id, { at: number }>(
    `select id from events
     where state in ('pending', 'refused', 'sent') and risk in (1, 2, 3) and advisory_timestamp = $at order by seq`,
  );
  const sent = db.query<Id, { before: number; bodies: number; limit: number }>(
    `select id from events where state = 'sent' and (frame_bytes > 0) = $bodies and changed_at < $before
     order by changed_at, seq limit $limit`,
  );
  const sentAfter = db.query<Id & { seq: number }, { seq: number; limit: number }>(
    `select id, seq from events where state = 'sent' and seq > $seq order by seq limit $limit`,
  );
  const unknown = db.query<Id, []>(
    `select id from events where state not in ('pending', 'refused', 'sent') or risk not in (1, 2, 3)`,
  );
  const counts = db.query<StateCount, []>(
    `select state, risk, count(*) as events, sum(frame_bytes) as bytes, min(queued_at) as oldest
     from events group by state, risk`,
  );
  const waiting = db.query<Waiting, { besides: string }>(
    `select found.events, found.risk, (select queued_at from events where seq = found.first) as queued_at
     from (select count(*) as events, max(risk) as risk, min(seq) as first from events
       where state = 'pending' and seq <> coalesce((select seq from events where id = $besides), 0)) as found`,
  );
  return {
    byId: (id) => byId.get({ id }) ?? undefined,
    pendingIds: (limit) => ids(pending.all({ limit })),
    idsInState: (state, limit) => ids(inState.all({ state, limit })),
    idsAt: (advisoryTimestamp) => ids(at.all({ at: advisoryTimestamp })),
    leastHeld: createLeastHeld(db),
    sentWithBody: (before, limit) => ids(sent.all({ before, bodies: 1, limit })),
    sentWithoutBody: (before, limit) => ids(sent.all({ before, bodies: 0, limit })),
    sentAfter: (seq, limit) => sentAfter.all({ seq, limit }),
    ofUnknownState: () => ids(unknown.all()),
    counts: () => counts.all(),
    waiting: (besides) => waiting.get({ besides }) ?? { events: 0, risk: null, queued_at: null },
  };
}

function createLeastHeld(db: Database): () => EventWorth | undefined {
  const last = db.query<EventWorth, { state: string }>(
    `select ${WORTH} from events
     where state = $state order by risk, advisory_timestamp desc, seq desc limit 1`,
  );
  return () => {
    const waiting = last.get({ state: "pending" }) ?? undefined;
    const refused = last.get({ state: "refused" }) ?? undefined;
    if (waiting === undefined || refused === undefined) return waiting ?? refused;
    return refused.risk <= waiting.risk ? refused : waiting;
  };
}

interface Id {
  readonly id: string;
}

function ids(rows: readonly Id[]): string[] {
  return rows.map((row) => row.id);
}

function bound(row: EventColumns): Record<string, string | number | Uint8Array | null> {
  const { id, risk, advisory_timestamp, state, code, reason, queued_at, changed_at, frame } = row;
  const frame_bytes = frame?.byteLength ?? 0;
  const seal = sealOf(sealedValues(row), frame);
  return { id, risk, advisory_timestamp, state, code, reason, queued_at, changed_at, frame_bytes, frame, seal };
}

function sealedValues(row: EventColumns): SealedValue[] {
  return [row.id, row.risk, row.advisory_timestamp, row.state, row.code, row.reason, row.queued_at, row.changed_at];
}
