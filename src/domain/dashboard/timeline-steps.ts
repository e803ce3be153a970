import type { AnswerRow, EpisodeChangeRow, EventWayRow, HeldRow, JoinedRow } from "../../db/dashboard/timeline.ts";
import { outcomeColumns } from "../../wire/outcome.ts";
import type { OutcomeName } from "../../wire/vocabulary.ts";
import type { Reach } from "./reach.ts";

export type TimelineStep =
  | "detected"
  | "queued"
  | "sent"
  | "accepted"
  | "quarantined"
  | "decided"
  | "curated"
  | "curation_failed"
  | "merged"
  | "outcome"
  | "rescored"
  | "changed"
  | "returned"
  | "archived"
  | "removed"
  | "delivered_first"
  | "delivered_last";

export interface TimelineEntry {
  /** Null when it happened and its time is not on record. */
  readonly at: string | null;
  /** Two clocks: differences between them are only as good as the rig's. */
  readonly clock: "rig" | "hub";
  readonly what: TimelineStep;
  /** A rig, a person or a run; null when it is not on record. */
  readonly who: string | null;
  readonly detail: TimelineDetail;
}

/** What is known of a step and nothing else: a field that a step has no use for is absent. */
export interface TimelineDetail {
  readonly late?: boolean;
  readonly clock_offset_s?: number;
  readonly episode_id?: string;
  readonly version?: number;
  readonly run_id?: number;
  readonly outcome?: OutcomeName;
  readonly action_taken?: string;
  readonly notes?: string;
  /** By the rig's clock. */
  readonly given_at?: string;
  readonly reason?: string;
  readonly note?: string;
  readonly score_before?: number;
  readonly score_after?: number;
  readonly fields?: readonly string[];
  readonly delay_s?: number;
  readonly have?: number;
  readonly may_have?: number;
}

export function rigSteps(way: EventWayRow): TimelineEntry[] {
  const step = (what: TimelineStep, at: Date | null): TimelineEntry[] =>
    at === null ? [] : [entry(what, at, way.rig_id, {}, "rig")];
  return [
    ...step("detected", way.advisory_at),
    ...uploadedAnswer(way),
    ...step("queued", way.queued_at),
    ...step("sent", way.sent_at),
  ];
}

/** An answer that came with the event was given on the rig, at a time that it does not tell. */
function uploadedAnswer({ uploaded_outcome: uploaded, rig_id }: EventWayRow): TimelineEntry[] {
  if (uploaded === null || uploaded === "Pending") return [];
  const { outcome, action_taken } = outcomeColumns(uploaded);
  return [entry("outcome", null, rig_id, { outcome, ...text("action_taken", action_taken) }, "rig")];
}

export function accepted({ received_at, late, clock_offset_s: offset }: EventWayRow): TimelineEntry {
  const detail = { ...(late && { late }), ...(offset !== null && { clock_offset_s: offset }) };
  return entry("accepted", received_at, null, detail);
}

export function quarantined(held: HeldRow): TimelineEntry[] {
  const { reason, detail, received_at, decision, decided_at, decided_by, decision_note } = held;
  const kept = entry("quarantined", received_at, null, { reason, note: detail });
  if (decision === null) return [kept];
  return [kept, entry("decided", decided_at, decided_by, { reason: decision, ...text("note", decision_note) })];
}

export function merged({ episode_id, merged_at, run_id }: JoinedRow): TimelineEntry {
  return entry("merged", merged_at, runName(run_id), { episode_id, ...number("run_id", run_id) });
}

/** Its episode's changes; one from before changes were kept has none, and is known to be curated all the same. */
export function curated(way: EventWayRow, changes: readonly EpisodeChangeRow[], joined: readonly JoinedRow[]) {
  const { episode_id } = way;
  if (episode_id === null) return [];
  const known = changes.some(({ kind }) => kind === "created") || joined.length > 0;
  const unknown = known ? [] : [entry("curated", null, null, { episode_id })];
  return [...unknown, ...changes.map((change) => changed(change, episode_id))];
}

function changed(change: EpisodeChangeRow, episode_id: string): TimelineEntry {
  const { kind, version, run_id, committed_at } = change;
  const detail = { episode_id, version, ...number("run_id", run_id), ...difference(change) };
  return entry(kind === "created" ? "curated" : kind, committed_at, runName(run_id), detail);
}

function difference({ before, after }: EpisodeChangeRow): TimelineDetail {
  if (before === null || after === null) return {};
  const fields = Object.keys(after).filter((name) => name !== "score");
  return {
    ...(fields.length > 0 && { fields }),
    ...number("score_before", before["score"]),
    ...number("score_after", after["score"]),
  };
}

export function failed({ curation_error: error }: EventWayRow): TimelineEntry[] {
  return error === null ? [] : [entry("curation_failed", null, null, { reason: error })];
}

export function answered(answer: AnswerRow, rigId: string): TimelineEntry {
  const { outcome, action_taken, notes, received_at, given_by, given_at } = answer;
  const detail = {
    outcome,
    ...text("action_taken", action_taken),
    ...text("notes", notes),
    ...text("given_at", given_at?.toISOString() ?? null),
  };
  return entry("outcome", received_at, given_by ?? rigId, detail);
}

/** The first rig that got it, and the last once all have it. */
export function deliveries(reached: Reach | undefined): TimelineEntry[] {
  const timed = (reached?.rigs ?? []).filter(({ state, delivered_at }) => state === "has" && delivered_at !== null);
  const sorted = timed.toSorted(
    (left, right) => Date.parse(left.delivered_at ?? "") - Date.parse(right.delivered_at ?? ""),
  );
  const [first, last] = [sorted[0], sorted.at(-1)];
  if (reached === undefined || first === undefined || last === undefined) return [];
  const { episode_id, version, summary } = reached;
  const step = (what: TimelineStep, { rig_id, delivered_at, delay_s }: typeof first): TimelineEntry => ({
    at: delivered_at,
    clock: "hub",
    what,
    who: rig_id,
    detail: {
      episode_id,
      version,
      ...number("delay_s", delay_s),
      have: summary.have,
      may_have: summary.may_have,
    },
  });
  const complete = summary.have === summary.may_have && summary.timed === summary.have;
  return complete && last !== first
    ? [step("delivered_first", first), step("delivered_last", last)]
    : [step("delivered_first", first)];
}

function entry(
  what: TimelineStep,
  at: Date | null,
  who: string | null,
  detail: TimelineDetail,
  clock: TimelineEntry["clock"] = "hub",
): TimelineEntry {
  return { at: at?.toISOString() ?? null, clock, what, who, detail };
}

function runName(runId: number | null): string | null {
  return runId === null ? null : `run ${runId}`;
}

/** Absent where there is nothing to say. */
function text(name: "action_taken" | "notes" | "given_at" | "note", value: string | null): TimelineDetail {
  return value === null || value === "" ? {} : { [name]: value };
}

function number(name: "run_id" | "score_before" | "score_after" | "delay_s", value: unknown): TimelineDetail {
  return typeof value === "number" ? { [name]: value } : {};
}
