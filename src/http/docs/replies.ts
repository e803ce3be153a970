import { Type, type TProperties, type TSchema } from "typebox";
import { FleetEpisodeJson } from "../../wire/episode.ts";
import { LibraryReplyJson } from "../../wire/library.ts";
import { EventOutcomeJson } from "../../wire/outcome.ts";
import { CAMPAIGNS, CATEGORIES, OUTCOME_NAMES, RIG_STATUSES } from "../../wire/vocabulary.ts";

/** What the hub answers, field by field; a property-based test holds every reply against it. */

const count = Type.Integer({ minimum: 0 });
const time = Type.String({ pattern: "^\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{3}Z$" });
const share = Type.Union([Type.Number({ minimum: 0, maximum: 1 }), Type.Null()]);
const seconds = Type.Union([Type.Number(), Type.Null()]);
const rigKey = Type.String({ pattern: "^sk-fleet-[\\w-]{43}$" });
const nullable = <T extends TSchema>(schema: T) => Type.Union([schema, Type.Null()]);
/** Every field is there, and no other. */
const exactly = <T extends TProperties>(properties: T) => Type.Object(properties, { additionalProperties: false });
const counted = <T extends TProperties>(what: T) => Type.Array(exactly({ ...what, count }));

export const HealthJson = exactly({
  status: Type.Enum(["healthy", "degraded"]),
  db_connected: Type.Boolean(),
  library_version: nullable(count),
  last_curation: nullable(time),
  curation_backlog: nullable(count),
  oldest_backlog_s: nullable(count),
  quarantined: nullable(count),
  version: Type.String(),
  reasons: Type.Array(Type.String()),
});

export const ReadyJson = exactly({ status: Type.Literal("ready") });
export const NotReadyJson = exactly({ status: Type.Literal("not_ready"), reason: Type.String() });
export const AliveJson = exactly({ status: Type.Literal("alive") });

export const AcceptedJson = exactly({
  id: Type.String(),
  status: Type.Literal("accepted"),
  held: Type.Optional(Type.Literal("future_timestamp")),
});

/** A replay, or another body under a known id. */
export const KnownJson = Type.Union([
  exactly({ id: Type.String(), status: Type.Literal("already_exists") }),
  exactly({
    id: Type.String(),
    status: Type.Literal("conflict"),
    error: Type.String(),
    code: Type.Literal("conflict"),
  }),
]);

export const RecordedJson = exactly({
  id: Type.String(),
  status: Type.Literal("recorded"),
  outcome: EventOutcomeJson,
});

/** OpenAPI 3.1 has no tuples in the way of the wire's schema. */
const range = Type.Array(Type.Number(), { minItems: 2, maxItems: 2 });
const EpisodeJson = Type.Object({ ...FleetEpisodeJson.properties, depth_range: range });
/** The envelope of the wire with the episodes that it leaves to the reader's check. */
export const LibraryJson = exactly({ ...LibraryReplyJson.properties, episodes: Type.Array(EpisodeJson) });

export const StatsJson = exactly({
  version: count,
  total: count,
  archived: count,
  category_breakdown: counted({ category: Type.Enum([...CATEGORIES]) }),
  outcome_breakdown: counted({ outcome: Type.Enum([...OUTCOME_NAMES]) }),
  campaign_breakdown: counted({ campaign: Type.Enum([...CAMPAIGNS]) }),
});

export const RigJson = exactly({
  rig_id: Type.String(),
  well_id: Type.String(),
  field: Type.String(),
  status: Type.Enum([...RIG_STATUSES]),
  registered_at: time,
  revoked_at: nullable(time),
  last_seen: nullable(time),
  last_sync: nullable(time),
  last_event_at: nullable(time),
  event_count: count,
  synced_version: nullable(count),
  clock_offset_s: seconds,
  spoke_version: nullable(Type.String()),
  dropped_events: count,
  previous_key_until: nullable(time),
});
export const RigsJson = exactly({ rigs: Type.Array(RigJson) });

export const RegisteredJson = exactly({ rig_id: Type.String(), api_key: rigKey });
export const RotatedJson = exactly({ rig_id: Type.String(), api_key: rigKey, previous_key_until: nullable(time) });
export const RevokedJson = exactly({ rig_id: Type.String(), revoked_at: time, status: Type.Literal("revoked") });
export const EnrolmentJson = exactly({
  rig_id: Type.String(),
  code: Type.String({ pattern: "^[0-9A-Z]{4}-[0-9A-Z]{4}$" }),
  expires_at: time,
});
export const EnrolledJson = exactly({
  rig_id: Type.String(),
  well_id: Type.String(),
  field: Type.String(),
  api_key: rigKey,
  hub: exactly({ version: Type.String() }),
});

export const SummaryJson = exactly({
  active_rigs: count,
  events_today: count,
  top_categories: counted({ category: Type.Enum([...CATEGORIES]) }),
  library_version: count,
  total_episodes: count,
});

export const TrendsJson = counted({
  date: Type.String({ pattern: "^\\d{4}-\\d\\d-\\d\\d$" }),
  category: Type.Enum([...CATEGORIES]),
});

const shares = {
  total: count,
  pending: count,
  outcome_breakdown: counted({ outcome: Type.Enum([...OUTCOME_NAMES]) }),
  resolution_rate: share,
  answered_resolution_rate: share,
};
export const OutcomesJson = exactly({
  days: count,
  ...shares,
  by_category: Type.Array(exactly({ category: Type.Enum([...CATEGORIES]), ...shares })),
  common_actions: counted({ action_taken: Type.String(), tried: count }),
  average_resolution_s: seconds,
  median_resolution_s: seconds,
  p90_resolution_s: seconds,
  resolution_count: count,
});

export const DownloadsJson = exactly({
  version: nullable(Type.String()),
  files: Type.Array(exactly({ name: Type.String(), bytes: count, sha256: Type.String({ pattern: "^[0-9a-f]{64}$" }) })),
});
