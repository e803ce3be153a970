import type { CurationEvent } from "../../db/curation.ts";
import type { EpisodeContent } from "../../db/episodes.ts";
import type { FleetEpisode } from "../../wire/episode.ts";
import { episodeId } from "../../wire/identity.ts";
import { eventOutcome } from "../../wire/outcome.ts";
import { outcomeRank, type OutcomeName } from "../../wire/vocabulary.ts";
import { mergeTexts, resolutionText } from "./episode-text.ts";
import { detailOf } from "./score.ts";

const NOTES_SEPARATOR = "\n";
const ACTIONS_SEPARATOR = "; ";

/** The events of one episode, in the order of their time; the anchor is one of them. */
export interface EpisodeEvents {
  readonly anchor: CurationEvent;
  readonly events: readonly CurationEvent[];
}

/**
 * The episode of these events, whatever it was before: an outcome that was taken back is gone. Identity, situation
 * and metrics are the anchor's; the outcome is the best of all.
 */
export function episodeOf({ anchor, events }: EpisodeEvents): EpisodeContent {
  const outcome = bestOutcome(events);
  const best = events.filter((event) => event.outcome === outcome).toSorted(bySaid);
  const action = mergeTexts(best.map(actionOf), ACTIONS_SEPARATOR);
  const notes = mergeTexts(
    events.toSorted(bySaid).map((event) => event.notes),
    NOTES_SEPARATOR,
  );
  const depths = events.map(({ depth }) => depth);
  return {
    id: episodeId(anchor.id),
    source_event_id: anchor.id,
    rig_id: anchor.rig_id,
    well_id: anchor.well_id,
    field: anchor.field,
    category: anchor.category,
    category_inferred: anchor.category_inferred,
    campaign: anchor.campaign,
    depth_min: Math.min(...depths),
    depth_max: Math.max(...depths),
    risk_level: anchor.risk_level,
    severity: anchor.severity,
    outcome,
    action_taken: action,
    resolution: resolutionText(outcome, action),
    notes,
    event_count: events.length,
    detail: detailOf({
      action: outcome === "Resolved" ? action : null,
      notes,
      snapshots: Math.max(...events.map(({ snapshots }) => snapshots)),
    }),
    key_metrics: anchor.key_metrics,
    situation: anchor.situation,
    timestamp: anchor.timestamp,
  };
}

/** The episode's JSON as rigs get it. The score comes last: re-scoring replaces the end of the text, in SQL. */
export function episodeBody(content: EpisodeContent, score: number): string {
  const episode: FleetEpisode = {
    id: content.id,
    rig_id: content.rig_id,
    category: content.category,
    campaign: content.campaign,
    depth_range: [content.depth_min, content.depth_max],
    risk_level: content.risk_level,
    severity: content.severity,
    resolution_summary: content.resolution,
    outcome: eventOutcome(content),
    timestamp: Math.floor(content.timestamp.getTime() / 1000),
    key_metrics: content.key_metrics,
    well_id: content.well_id,
    field: content.field,
    situation: content.situation,
    notes: content.notes,
    event_count: content.event_count,
    category_inferred: content.category_inferred,
    score,
  };
  return JSON.stringify(episode);
}

function bestOutcome(events: readonly CurationEvent[]): OutcomeName {
  const [first, ...others] = events.map(({ outcome }) => outcome);
  return others.reduce((best, next) => (outcomeRank(next) > outcomeRank(best) ? next : best), first ?? "Pending");
}

function actionOf(event: CurationEvent): string | null {
  return event.action_taken;
}

/** Oldest word first; of one time, in the order of the events, so that the text depends on the set alone. */
function bySaid(left: CurationEvent, right: CurationEvent): number {
  return (
    saidAt(left) - saidAt(right) ||
    left.timestamp.getTime() - right.timestamp.getTime() ||
    (left.id < right.id ? -1 : 1)
  );
}

function saidAt({ outcome_at: at, timestamp }: CurationEvent): number {
  return (at ?? timestamp).getTime();
}
