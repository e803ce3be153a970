import type { FleetEpisode } from "../wire/episode.ts";
import { outcomeColumns } from "../wire/outcome.ts";
import type { IndexEntry } from "./entry.ts";
import { decodeSituation } from "./fingerprint.ts";

/** What the index keeps of an episode of the library. */
export function entryOf(episode: FleetEpisode): IndexEntry {
  const [shallow, deep] = episode.depth_range;
  const { outcome, action_taken } = outcomeColumns(episode.outcome);
  return {
    id: episode.id,
    rig_id: episode.rig_id,
    category: episode.category,
    campaign: episode.campaign,
    outcome,
    timestamp: episode.timestamp,
    depth_ft: (shallow + deep) / 2,
    situation: decodeSituation(episode.situation),
    action_text: action_taken,
  };
}
