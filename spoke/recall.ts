import { unixSeconds } from "../src/base/clock.ts";
import { categorise } from "../src/recall/category.ts";
import type { Closeness } from "../src/recall/closeness.ts";
import type { RecallQuery } from "../src/recall/entry.ts";
import { fingerprint } from "../src/recall/fingerprint.ts";
import { precedentText } from "../src/recall/precedent-text.ts";
import type { FleetEpisode } from "../src/wire/episode.ts";
import { eventDepthFt, type FleetEvent } from "../src/wire/event.ts";
import type { SpokeContext } from "./context.ts";
import type { FoundHit, Mirror } from "./library/mirror.ts";
import type { Asked, RecallQuestion } from "./recall-question.ts";

export interface Precedent {
  readonly episode: FleetEpisode;
  /** 0 … 1. */
  readonly similarity: number;
  readonly rank: number;
  readonly closeness: Closeness;
  readonly why: readonly string[];
  /** One line, in the manner of the rig software. */
  readonly text: string;
}

export interface RecallReply {
  readonly precedents: readonly Precedent[];
  /** How far the first of them may be trusted. */
  readonly verdict: Closeness;
  /** The first thing to say. */
  readonly headline: string;
  readonly library_version: number;
  /** From the question to the texts, µs. */
  readonly took_us: number;
}

export type Recall = (asked: Asked) => RecallReply;

export interface Answered {
  readonly tookS: number;
  /** Undefined when the question was not an event. */
  readonly eventId: string | undefined;
  /** The best first. */
  readonly episodeIds: readonly string[];
}

/** Answers from this machine alone. */
export function createRecall(context: SpokeContext, mirror: Mirror, onAnswer: (answered: Answered) => void): Recall {
  const rigId = context.settings.rig_id;
  return (asked) => {
    const startedMs = context.clock.monotonic();
    const query = "event" in asked ? queryOfEvent(asked.event) : queryOfQuestion(asked.question);
    const found = mirror.find({ ...query, exclude_rig: rigId }, unixSeconds(context.clock), asked.maxResults);
    const precedents = found.hits.map(precedent);
    const { verdict, headline } = precedents.length === 0 ? nothingFound(mirror) : found;
    const tookMs = context.clock.monotonic() - startedMs;
    onAnswer({
      tookS: tookMs / 1000,
      eventId: "event" in asked ? asked.event.id : undefined,
      episodeIds: precedents.map(({ episode }) => episode.id),
    });
    return { precedents, verdict, headline, library_version: mirror.version, took_us: Math.round(tookMs * 1000) };
  };
}

/** Whatever was asked: no answer is no precedent. */
function nothingFound({ size }: Mirror): Pick<RecallReply, "verdict" | "headline"> {
  const headline = size === 0 ? "no close precedent: nothing has been pulled to this rig yet" : "no close precedent";
  return { verdict: "none", headline };
}

function precedent(hit: FoundHit): Precedent {
  const { episode, similarity, rank, closeness, why } = hit;
  return { episode, similarity, rank, closeness, why, text: precedentText(episode) };
}

function queryOfEvent(event: FleetEvent): RecallQuery {
  return {
    situation: fingerprint(event),
    category: categorise(event).category,
    campaign: event.campaign,
    depth_ft: eventDepthFt(event),
  };
}

function queryOfQuestion({ category, campaign, depth, key_metrics, text }: RecallQuestion): RecallQuery {
  return {
    ...(category === undefined ? {} : { category }),
    ...(campaign === undefined ? {} : { campaign }),
    ...(depth === undefined ? {} : { depth_ft: depth }),
    ...(key_metrics === undefined ? {} : { key_metrics }),
    ...(text === undefined ? {} : { text }),
  };
}
