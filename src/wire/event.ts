import { Type, type Static } from "typebox";
import { schema } from "../base/schema.ts";
import { EventOutcomeJson } from "./outcome.ts";
import { CAMPAIGNS, CATEGORIES, RISK_LEVELS, SEVERITIES, TRACE_STATUSES, VOTE_LEVELS } from "./vocabulary.ts";

/** A measurement: serde writes a non-finite one as null, and a channel may be missing altogether. */
const channel = Type.Optional(Type.Union([Type.Number(), Type.Null()]));
const text = Type.Optional(Type.Union([Type.String(), Type.Null()]));
/** Unix seconds, up to the year 5138. */
const unixSeconds = Type.Integer({ minimum: 0, maximum: 99_999_999_999 });

export const HISTORY_SNAPSHOTS_MAX = 1000;
/** A window of this many snapshots is full: what the rig software keeps. */
export const HISTORY_SNAPSHOTS_FULL = 60;

export const HistorySnapshotJson = Type.Object({
  timestamp: channel,
  /** ft */ depth: channel,
  /** ft/h */ rop: channel,
  /** klb */ wob: channel,
  rpm: channel,
  /** kft·lb */ torque: channel,
  /** psi */ spp: channel,
  /** gpm */ flow_in: channel,
  /** gpm */ flow_out: channel,
  /** psi */ mse: channel,
  /** percent */ mse_efficiency: channel,
  d_exponent: channel,
  /** gpm */ flow_balance: channel,
  /** bbl/h */ pit_rate: channel,
  /** ppg */ ecd_margin: channel,
  gas_units: channel,
});

export const PhysicsReportJson = Type.Object({
  avg_mse: channel,
  mse_trend: channel,
  optimal_mse: channel,
  mse_efficiency: channel,
  dxc_trend: channel,
  flow_balance_trend: channel,
  avg_pit_rate: channel,
  formation_hardness: channel,
  confidence: channel,
  detected_dysfunctions: Type.Optional(Type.Array(Type.String(), { maxItems: 100 })),
  wob_trend: channel,
  rop_trend: channel,
  founder_detected: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
  founder_severity: channel,
  optimal_wob_estimate: channel,
  current_depth: channel,
  current_rop: channel,
  current_wob: channel,
  current_rpm: channel,
  current_torque: channel,
  current_flow_in: channel,
  current_flow_out: channel,
  current_mud_weight: channel,
  current_ecd: channel,
  current_gas: channel,
  current_pit_volume: channel,
  current_spp: channel,
  current_casing_pressure: channel,
});

export const VoteJson = Type.Object({
  specialist: Type.String(),
  vote: Type.Enum([...VOTE_LEVELS]),
  weight: channel,
  reasoning: text,
});

export const TraceEntryJson = Type.Object({
  timestamp_ms: channel,
  stage: Type.String(),
  status: Type.Enum([...TRACE_STATUSES]),
  message: Type.String(),
});

export const StrategicAdvisoryJson = Type.Object({
  timestamp: unixSeconds,
  efficiency_score: channel,
  risk_level: Type.Enum([...RISK_LEVELS]),
  severity: Type.Enum([...SEVERITIES]),
  recommendation: text,
  expected_benefit: text,
  reasoning: text,
  votes: Type.Optional(Type.Array(VoteJson, { maxItems: 100 })),
  physics_report: Type.Optional(PhysicsReportJson),
  context_used: Type.Optional(Type.Array(Type.String(), { maxItems: 1000 })),
  trace_log: Type.Optional(Type.Array(TraceEntryJson, { maxItems: 1000 })),
  category: Type.Optional(Type.Union([Type.Enum([...CATEGORIES]), Type.Null()])),
  trigger_parameter: text,
  trigger_value: channel,
  threshold_value: channel,
});

/** Characters of a well's or a field's name: both stand in every episode that other rigs pull. */
export const PLACE_NAME_MAX = 200;
const place = Type.String({ maxLength: PLACE_NAME_MAX });

export const FleetEventJson = Type.Object({
  id: Type.String(),
  rig_id: Type.String(),
  well_id: place,
  field: place,
  campaign: Type.Enum([...CAMPAIGNS]),
  advisory: StrategicAdvisoryJson,
  history_window: Type.Array(HistorySnapshotJson, { minItems: 1, maxItems: HISTORY_SNAPSHOTS_MAX }),
  outcome: EventOutcomeJson,
  notes: text,
  /** ft; null or 0 when the rig has no depth. */
  depth: Type.Union([Type.Number(), Type.Null()]),
  timestamp: unixSeconds,
});

export type HistorySnapshot = Static<typeof HistorySnapshotJson>;
export type PhysicsReport = Static<typeof PhysicsReportJson>;
export type Vote = Static<typeof VoteJson>;
export type TraceEntry = Static<typeof TraceEntryJson>;
export type StrategicAdvisory = Static<typeof StrategicAdvisoryJson>;
export type FleetEvent = Static<typeof FleetEventJson>;

export const fleetEventSchema = schema("event", FleetEventJson);

/** A usable number, or undefined: null, absent and non-finite are one thing to those who reckon with it. */
export function measured(value: number | null | undefined): number | undefined {
  return value === null || value === undefined || !Number.isFinite(value) ? undefined : value;
}

/** Bit depth in ft: the event's own, else its report's, else its newest snapshot's; 0 when the rig has none. */
export function eventDepthFt(event: FleetEvent): number {
  return (
    measured(event.depth) ??
    measured(event.advisory.physics_report?.current_depth) ??
    measured(event.history_window.at(-1)?.depth) ??
    0
  );
}
