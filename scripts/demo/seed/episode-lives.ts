import type { MergeRow, EpisodeContent } from "../../../src/db/episodes.ts";
import { rebuild } from "../../../src/domain/curation/rebuild.ts";
import { mergesOf, type RebuiltEpisode } from "../../../src/domain/curation/settle.ts";
import { curationEvent, type MadeEvent } from "./event-rows.ts";
import { slotAfter, slotTime, type Calendar } from "./times.ts";

/** When the library learned what of an episode; its score and its end are told when all of them are known. */
export interface EpisodeLife {
  readonly content: EpisodeContent;
  /** Slots of curation. */
  readonly bornSlot: number;
  /** The last one that an answer changed; null when none came after it was born. */
  readonly answeredSlot: number | null;
}

export interface Curated {
  readonly lives: readonly EpisodeLife[];
  readonly merges: readonly MergeRow[];
  /** Episode by event. */
  readonly places: ReadonlyMap<string, string>;
}

/** What curation makes of these events: its own grouping and its own episodes. They hold whole sessions. */
export function curate(calendar: Calendar, events: readonly MadeEvent[]): Curated {
  const made = new Map(events.map((event) => [event.row.id, event]));
  const rebuilt = rebuild(events.map(curationEvent));
  const lives = rebuilt.map((episode) => ({ life: lifeOf(calendar, episode, made), episode }));
  return {
    lives: lives.map(({ life }) => life),
    merges: lives.flatMap(({ life, episode }) =>
      mergesOf(episode, { at: slotTime(calendar, life.bornSlot), runId: life.bornSlot }),
    ),
    places: new Map(rebuilt.flatMap(({ content, members }) => members.map(({ id }) => [id, content.id] as const))),
  };
}

function lifeOf(
  calendar: Calendar,
  { content, members }: RebuiltEpisode,
  made: ReadonlyMap<string, MadeEvent>,
): EpisodeLife {
  const events = members.map(({ id }) => made.get(id)).filter((event) => event !== undefined);
  const received = Math.max(...events.map(({ row }) => row.received_at.getTime()));
  const answered = Math.max(0, ...events.map(({ row }) => row.outcome_at?.getTime() ?? 0));
  const bornSlot = slotAfter(calendar, received);
  const answeredSlot = slotAfter(calendar, answered);
  return { content, bornSlot, answeredSlot: answered > 0 && answeredSlot > bornSlot ? answeredSlot : null };
}
