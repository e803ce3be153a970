import { riskRank, type RiskLevel } from "../../wire/vocabulary.ts";

/** A longer step between neighbours starts a new session. */
export const SESSION_GAP_S = 600;
export const SESSION_STEP_FT = 100;
/** No episode lasts longer than this from its first event. */
export const EPISODE_SPAN_S = 3600;

/** What grouping needs to know of an event. */
export interface SessionEvent {
  readonly id: string;
  /** Unix s */
  readonly timestamp: number;
  readonly depth_ft: number;
  readonly risk_level: RiskLevel;
  /** A person took it out of its episode. */
  readonly apart: boolean;
}

export interface EpisodeGroup<Event extends SessionEvent> {
  /** In order of (timestamp, id); never empty. */
  readonly members: readonly Event[];
  /** The first event of the highest risk: it names the episode and lends it its situation. */
  readonly anchor: Event;
}

/**
 * The episodes of one rig and category. A function of the set: neither the order of arrival nor the batches it
 * came in can change the result, which first-come clustering could not promise. What was set apart is an episode by
 * itself, and the others are grouped as though it were not there: it can bridge nothing that a person has divided.
 */
export function groupEpisodes<Event extends SessionEvent>(events: readonly Event[]): EpisodeGroup<Event>[] {
  const ordered = events.toSorted(byTime);
  const alone = ordered.filter(({ apart }) => apart).map((event): [Event] => [event]);
  return [...alone, ...runs(ordered.filter(({ apart }) => !apart))].map(groupOf);
}

/** Of events in order. */
function runs<Event extends SessionEvent>(events: readonly Event[]): [Event, ...Event[]][] {
  const episodes: [Event, ...Event[]][] = [];
  let previous: Event | undefined;
  for (const event of events) {
    const open = episodes.at(-1);
    if (open === undefined || previous === undefined || startsEpisode(open[0], previous, event)) episodes.push([event]);
    else open.push(event);
    previous = event;
  }
  return episodes;
}

function groupOf<Event extends SessionEvent>(members: [Event, ...Event[]]): EpisodeGroup<Event> {
  return { members, anchor: anchorOf(members) };
}

/** Whether `next`, the neighbour after `previous`, belongs to another session. */
export function startsSession(previous: SessionEvent, next: SessionEvent): boolean {
  return (
    next.timestamp - previous.timestamp > SESSION_GAP_S || Math.abs(next.depth_ft - previous.depth_ft) > SESSION_STEP_FT
  );
}

function startsEpisode(first: SessionEvent, previous: SessionEvent, next: SessionEvent): boolean {
  return startsSession(previous, next) || next.timestamp - first.timestamp > EPISODE_SPAN_S;
}

/** Ids are compared by code unit: a locale would order them differently on another machine. */
function byTime(left: SessionEvent, right: SessionEvent): number {
  if (left.timestamp !== right.timestamp) return left.timestamp - right.timestamp;
  return left.id < right.id ? -1 : left.id > right.id ? 1 : 0;
}

function anchorOf<Event extends SessionEvent>(members: readonly [Event, ...Event[]]): Event {
  return members.reduce((anchor, event) => (riskRank(event.risk_level) > riskRank(anchor.risk_level) ? event : anchor));
}
