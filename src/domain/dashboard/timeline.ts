import {
  answers,
  episodeChanges,
  eventWay,
  joinedEpisodes,
  quarantinedOf,
  type EpisodeChangeRow,
} from "../../db/dashboard/timeline.ts";
import { OUTCOME_LOG_MAX } from "../../db/outcomes.ts";
import type { HubContext } from "../context.ts";
import { reach, type Reach } from "./reach.ts";
import {
  accepted,
  answered,
  curated,
  deliveries,
  failed,
  merged,
  quarantined,
  rigSteps,
  type TimelineEntry,
} from "./timeline-steps.ts";

/** Changes of its episode that are shown, newest first; an old one is re-scored hundreds of times. */
export const TIMELINE_CHANGES_MAX = 100;
const QUARANTINED_MAX = 20;
const JOINED_MAX = 20;

export interface Timeline {
  /** The rig's own steps, then what the hub saw, by its clock. */
  readonly entries: readonly TimelineEntry[];
  /** Of the event's episode; undefined while it has none. */
  readonly reach: Reach | undefined;
}

/** One event's way. Undefined: no such event. */
export async function timeline(context: HubContext, eventId: string): Promise<Timeline | undefined> {
  const { sql } = context;
  const [way, given, joined, held] = await Promise.all([
    eventWay(sql, eventId),
    answers(sql, eventId, OUTCOME_LOG_MAX),
    joinedEpisodes(sql, eventId, JOINED_MAX),
    quarantinedOf(sql, eventId, QUARANTINED_MAX),
  ]);
  if (way === undefined) return undefined;
  const [changes, reached] = await episodeSide(context, way.episode_id);
  const seen = [
    accepted(way),
    ...held.flatMap(quarantined),
    ...joined.map(merged),
    ...curated(way, changes, joined),
    ...failed(way),
    ...given.map((answer) => answered(answer, way.rig_id)),
    ...deliveries(reached),
  ];
  return { entries: [...rigSteps(way), ...seen.toSorted(byTime)], reach: reached };
}

async function episodeSide(context: HubContext, id: string | null): Promise<[EpisodeChangeRow[], Reach | undefined]> {
  if (id === null) return [[], undefined];
  return Promise.all([episodeChanges(context.sql, id, TIMELINE_CHANGES_MAX), reach(context, id)]);
}

/** What has no time stays behind what has one. */
function byTime(left: TimelineEntry, right: TimelineEntry): number {
  if (left.at === null || right.at === null) return Number(left.at === null) - Number(right.at === null);
  return left.at < right.at ? -1 : Number(left.at > right.at);
}
