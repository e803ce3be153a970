import { sha256 } from "../base/digest.ts";
import { OUTCOME_TEXT_MAX } from "../base/limits.ts";
import type { EventContent } from "../db/events.ts";
import { categorise } from "../recall/category.ts";
import { encodeSituation, fingerprint } from "../recall/fingerprint.ts";
import { episodeMetrics } from "../recall/metrics.ts";
import { eventDepthFt, type FleetEvent, type StrategicAdvisory } from "../wire/event.ts";
import { outcomeColumns } from "../wire/outcome.ts";

export interface EventBody {
  readonly event: FleetEvent;
  /** The decoded bytes that the event was read from. */
  readonly json: Uint8Array;
  /** The same as zstd. */
  readonly frame: Uint8Array;
}

/** All that is stored of a body: extracted once, so that no query has to look into it again. */
export function eventContent({ event, json, frame }: EventBody, receivedAt: Date): EventContent {
  const { category, inferred } = categorise(event);
  return {
    well_id: event.well_id,
    field: event.field,
    campaign: event.campaign,
    risk_level: event.advisory.risk_level,
    severity: event.advisory.severity,
    category,
    category_inferred: inferred,
    depth: eventDepthFt(event),
    timestamp: new Date(event.timestamp * 1000),
    advisory_at: new Date(event.advisory.timestamp * 1000),
    ...outcomeContent(event, receivedAt),
    payload: unfiled(event),
    frame,
    digest: sha256(json),
    body_bytes: json.byteLength,
    snapshots: event.history_window.length,
    situation: encodeSituation(fingerprint(event)),
    key_metrics: episodeMetrics(event),
  };
}

/** What the columns hold, or the frame alone. */
const FILED = new Set<string>([
  "id",
  "rig_id",
  "well_id",
  "field",
  "campaign",
  "depth",
  "timestamp",
  "outcome",
  "history_window",
] satisfies (keyof FleetEvent)[]);
const FILED_OF_ADVISORY = new Set<string>([
  "timestamp",
  "risk_level",
  "severity",
  "category",
] satisfies (keyof StrategicAdvisory)[]);

/** No text is stored twice but in the frame: of a short event the columns hold most. */
function unfiled(event: FleetEvent): Record<string, unknown> {
  const said = { ...without(event, FILED), advisory: without(event.advisory, FILED_OF_ADVISORY) };
  return event.outcome === "Pending" ? said : { ...said, outcome: event.outcome };
}

function without(from: object, names: ReadonlySet<string>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(from).filter(([name]) => !names.has(name)));
}

type OutcomeContent = Pick<EventContent, "outcome" | "action_taken" | "notes" | "outcome_at">;

function outcomeContent(event: FleetEvent, receivedAt: Date): OutcomeContent {
  const { outcome, action_taken } = outcomeColumns(event.outcome);
  return {
    outcome,
    action_taken: shortened(action_taken),
    notes: shortened(event.notes ?? null),
    outcome_at: outcome === "Pending" ? null : receivedAt,
  };
}

/** The columns feed the library, so they keep to the limit of a driller's text; the stored body keeps it whole. */
function shortened(text: string | null): string | null {
  return text === null || text.length <= OUTCOME_TEXT_MAX ? text : text.slice(0, OUTCOME_TEXT_MAX).toWellFormed();
}
