import { categorise } from "../../src/recall/category.ts";
import { encodeSituation, fingerprint } from "../../src/recall/fingerprint.ts";
import { episodeMetrics } from "../../src/recall/metrics.ts";
import type { FleetEpisode } from "../../src/wire/episode.ts";
import { eventDepthFt, type FleetEvent } from "../../src/wire/event.ts";
import { episodeId } from "../../src/wire/identity.ts";
import { outcomeColumns, type EventOutcome } from "../../src/wire/outcome.ts";
import { fixtureEvents, fixtureOutcomes } from "./fixtures.ts";

/** One episode of one event, as the hub makes it when nothing is merged. */
export function episodeOf(event: FleetEvent, outcome: EventOutcome = event.outcome): FleetEpisode {
  const depth = eventDepthFt(event);
  return {
    id: episodeId(event.id),
    rig_id: event.rig_id,
    category: categorise(event).category,
    campaign: event.campaign,
    depth_range: [depth, depth],
    risk_level: event.advisory.risk_level,
    severity: event.advisory.severity,
    resolution_summary: outcomeColumns(outcome).action_taken,
    outcome,
    timestamp: event.timestamp,
    key_metrics: episodeMetrics(event),
    score: 0.2,
    well_id: event.well_id,
    field: event.field,
    situation: encodeSituation(fingerprint(event)),
  };
}

/** Every fixture event as an episode, with a driller's outcome of its category where there is one. */
export function fixtureEpisodes(): FleetEpisode[] {
  const outcomes = fixtureOutcomes();
  return fixtureEvents().map((event, at) => {
    const { category } = categorise(event);
    const fitting = outcomes.filter((outcome) => outcome.category === category);
    return episodeOf(event, fitting[at % Math.max(1, fitting.length)]?.outcome);
  });
}
