import type { CurationEvent } from "../../db/curation.ts";
import { episodeOf } from "./episode.ts";
import type { RebuiltEpisode } from "./settle.ts";
import { groupEpisodes, type SessionEvent } from "./sessions.ts";

interface Grouped extends SessionEvent {
  readonly event: CurationEvent;
}

/** The episodes of whole sessions, of as many rigs and categories as there are. */
export function rebuild(events: readonly CurationEvent[]): RebuiltEpisode[] {
  const byKey = Map.groupBy(events, ({ rig_id, category }) => `${category} ${rig_id}`);
  return [...byKey.values()].flatMap((one) => groupEpisodes(one.map(grouped)).map(rebuilt));
}

function rebuilt(group: { readonly anchor: Grouped; readonly members: readonly Grouped[] }): RebuiltEpisode {
  const members = group.members.map(({ event }) => event);
  return { content: episodeOf({ anchor: group.anchor.event, events: members }), members };
}

function grouped(event: CurationEvent): Grouped {
  const { id, depth, risk_level, apart } = event;
  return { id, timestamp: event.timestamp.getTime() / 1000, depth_ft: depth, risk_level, apart, event };
}
