import type { ISql } from "postgres";

export type QuarantineReason = "conflict" | "future_timestamp";
export type QuarantineDecision = "accepted" | "discarded";

export interface QuarantineEntry {
  readonly event_id: string;
  readonly rig_id: string;
  readonly reason: QuarantineReason;
  /** For the person who decides. */
  readonly detail: string;
  readonly digest: Uint8Array;
  /** The refused twin of a conflict; null when the event itself is stored and held. */
  readonly frame: Uint8Array | null;
  readonly body_bytes: number;
  readonly clock_offset_s: number | null;
  readonly received_at: Date;
}

export interface QuarantineRow extends Omit<QuarantineEntry, "digest" | "frame"> {
  readonly id: number;
  readonly decision: QuarantineDecision | null;
  readonly decided_at: Date | null;
  readonly decided_by: string | null;
  readonly decision_note: string | null;
}

/** A body is kept once, however often it comes; its first arrival stays. */
export async function keepAside(sql: ISql, entries: readonly QuarantineEntry[]): Promise<void> {
  if (entries.length === 0) return;
  await sql`insert into quarantine ${sql([...entries])} on conflict (event_id, digest) do nothing`;
}

export async function isKeptAside(sql: ISql, eventId: string, digest: Uint8Array): Promise<boolean> {
  const [row] = await sql<{ kept: boolean }[]>`
    select exists (select from quarantine where event_id = ${eventId} and digest = ${digest}) as kept`;
  return row?.kept === true;
}

/** Twins of a rig that wait for a person. */
export async function openConflicts(sql: ISql, rigId: string): Promise<number> {
  const [row] = await sql<{ open: number }[]>`
    select count(*) as open from quarantine
    where rig_id = ${rigId} and reason = 'conflict' and decision is null`;
  return row?.open ?? 0;
}

export async function quarantinedRig(sql: ISql, id: number): Promise<string | undefined> {
  const [row] = await sql<{ rig_id: string }[]>`select rig_id from quarantine where id = ${id}`;
  return row?.rig_id;
}

export type LockedQuarantine = Pick<QuarantineEntry, "event_id" | "rig_id" | "reason" | "frame" | "body_bytes"> &
  Pick<QuarantineRow, "id" | "decision">;

/** Lock the rig first, as ingest does. */
export async function lockQuarantined(sql: ISql, id: number): Promise<LockedQuarantine | undefined> {
  const [row] = await sql<LockedQuarantine[]>`
    select id, event_id, rig_id, reason, frame, body_bytes, decision from quarantine where id = ${id} for update`;
  return row;
}

export interface Verdict {
  readonly decision: QuarantineDecision;
  readonly decided_at: Date;
  readonly decided_by: string;
  readonly decision_note: string;
}

export async function setVerdict(sql: ISql, id: number, verdict: Verdict): Promise<void> {
  await sql`update quarantine set ${sql(verdict)} where id = ${id}`;
}

export async function clearVerdict(sql: ISql, id: number): Promise<void> {
  await sql`
    update quarantine set decision = null, decided_at = null, decided_by = null, decision_note = null where id = ${id}`;
}

/** Keeps a body that left the events, also when it came from here: accepting one twin and then the other. */
export async function keepReplaced(sql: ISql, entry: QuarantineEntry, verdict: Verdict): Promise<void> {
  await sql`
    insert into quarantine ${sql({ ...entry, ...verdict })}
    on conflict (event_id, digest) do update set
      reason = excluded.reason, detail = excluded.detail, frame = excluded.frame, decision = excluded.decision,
      decided_at = excluded.decided_at, decided_by = excluded.decided_by, decision_note = excluded.decision_note`;
}
