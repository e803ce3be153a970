import { Type, type Static } from "typebox";
import { schema } from "../base/schema.ts";
import { EventOutcomeJson } from "./outcome.ts";
import { CAMPAIGNS, CATEGORIES, RISK_LEVELS, SEVERITIES } from "./vocabulary.ts";

/** All numbers are required: the rig software refuses an episode that lacks one. */
export const EpisodeMetricsJson = Type.Object({
  /** percent */ mse_efficiency: Type.Number(),
  /** gpm, the physics report's trend */ flow_balance: Type.Number(),
  /** percent, the physics report's dxc_trend */ d_exponent: Type.Number(),
  torque_delta_percent: Type.Number(),
  /** ppg */ ecd_margin: Type.Number(),
  /** ft/h */ rop: Type.Number(),
});

export const FleetEpisodeJson = Type.Object({
  id: Type.String({ minLength: 1 }),
  rig_id: Type.String(),
  category: Type.Enum([...CATEGORIES]),
  campaign: Type.Enum([...CAMPAIGNS]),
  /** ft */ depth_range: Type.Tuple([Type.Number(), Type.Number()]),
  risk_level: Type.Enum([...RISK_LEVELS]),
  severity: Type.Enum([...SEVERITIES]),
  resolution_summary: Type.Union([Type.String(), Type.Null()]),
  outcome: EventOutcomeJson,
  /** Unix s */ timestamp: Type.Integer(),
  key_metrics: EpisodeMetricsJson,
  // What our hub adds; a hub of the first implementation does not send it, an old rig ignores it.
  score: Type.Optional(Type.Number()),
  well_id: Type.Optional(Type.String()),
  field: Type.Optional(Type.String()),
  /** Base64 of 12 × int8: the fingerprint of the situation. */
  situation: Type.Optional(Type.String({ pattern: "^[A-Za-z0-9+/]{16}$" })),
  /** The driller's notes of all its events. */
  notes: Type.Optional(Type.Union([Type.String(), Type.Null()])),
  /** How many events it was made from. */
  event_count: Type.Optional(Type.Integer({ minimum: 1 })),
  /** True when the rig did not send the category and rules gave it. */
  category_inferred: Type.Optional(Type.Boolean()),
});

export type EpisodeMetrics = Static<typeof EpisodeMetricsJson>;
export type FleetEpisode = Static<typeof FleetEpisodeJson>;

export const fleetEpisodeSchema = schema("episode", FleetEpisodeJson);
