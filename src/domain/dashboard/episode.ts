import { Fault } from "../../base/fault.ts";
import { show } from "../../base/schema.ts";
import {
  divisionsOf,
  episodeChanges,
  episodeFacts,
  episodeMembers,
  formerMembers,
  goneEpisode,
  lastScheduledRun,
  type ChangeRow,
  type DivisionRow,
  type EpisodeFactsRow,
  type FormerMemberRow,
  type MemberRow,
} from "../../db/dashboard/episode.ts";
import type { FleetEpisode } from "../../wire/episode.ts";
import { episodeId, isEventId } from "../../wire/identity.ts";
import type { HubContext } from "../context.ts";
import { PUBLISH_STEP, SCORE_STEP } from "../curation/score.ts";
import { isoTimes, type IsoTimes } from "../iso-times.ts";
import { alikeEpisodes, type Alike } from "./alike.ts";
import { fieldChanges, type FieldChange } from "./library-change.ts";
import { scoreParts, type ScoreParts } from "./score-parts.ts";

/** Source events, former ones and versions that a page shows. */
export const MEMBERS_MAX = 200;
export const CHANGES_MAX = 50;
const EPISODE_SUFFIX = episodeId("");

export interface SourceEvent extends IsoTimes<MemberRow> {
  /** It names the episode, and lends it situation and metrics. */
  readonly anchor: boolean;
  /** From the event before it in the episode; null for the first. */
  readonly delta_depth_ft: number | null;
  readonly delta_s: number | null;
  /** Who took it out of its episode, of one that stands apart. */
  readonly division: IsoTimes<DivisionRow> | null;
}

export interface FormerEvent extends IsoTimes<FormerMemberRow> {
  readonly division: IsoTimes<DivisionRow> | null;
}

export interface EpisodeChange extends Omit<IsoTimes<ChangeRow>, "before" | "after"> {
  readonly fields: readonly FieldChange[];
}

export interface EpisodeScore extends ScoreParts {
  readonly scored_at: string;
  readonly published: number;
  /** A smaller difference is not told to rigs, and an even smaller one not stored. */
  readonly publish_step: number;
  readonly score_step: number;
  /** By the schedule; null for an archived episode, and while no schedule has run. */
  readonly next_at: string | null;
  readonly every_s: number;
}

export interface EpisodeView {
  readonly facts: IsoTimes<Omit<EpisodeFactsRow, "body">>;
  /** As rigs get it. */
  readonly card: FleetEpisode;
  readonly score: EpisodeScore;
  readonly events: readonly SourceEvent[];
  /** Whether there are more than are shown. */
  readonly more_events: boolean;
  readonly former: readonly FormerEvent[];
  readonly changes: readonly EpisodeChange[];
  readonly more_changes: boolean;
}

/** All that is stored of an episode; an archived one is shown too. Faults: `not_found`. */
export async function episodeView({ sql, settings }: HubContext, id: string): Promise<EpisodeView> {
  const [row, members, former, changes, scheduled] = await Promise.all([
    episodeFacts(sql, id),
    episodeMembers(sql, id, MEMBERS_MAX + 1),
    formerMembers(sql, id, MEMBERS_MAX),
    episodeChanges(sql, id, CHANGES_MAX + 1),
    lastScheduledRun(sql),
  ]);
  if (row === undefined) throw await gone(sql, id);
  const apart = [...members, ...former].filter((event) => event.apart).map((event) => event.id);
  const divisions = new Map((await divisionsOf(sql, apart)).map((one) => [one.event_id, isoTimes(one)]));
  const { body, ...facts } = row;
  return {
    facts: isoTimes(facts),
    card: JSON.parse(body) as FleetEpisode,
    score: {
      ...scoreParts(row, settings.prune_pending_days),
      scored_at: row.scored_at.toISOString(),
      published: row.published_score,
      publish_step: PUBLISH_STEP,
      score_step: SCORE_STEP,
      next_at: row.archived ? null : nextRun(scheduled, settings.curation_interval_s),
      every_s: settings.curation_interval_s,
    },
    events: sourceEvents(members.slice(0, MEMBERS_MAX), row.source_event_id, divisions),
    more_events: members.length > MEMBERS_MAX,
    former: former.map((event) => Object.assign(isoTimes(event), { division: divisions.get(event.id) ?? null })),
    changes: changes.slice(0, CHANGES_MAX).map(changeOf),
    more_changes: changes.length > CHANGES_MAX,
  };
}

/** What lies near it; a part of its own, because it reads far more than the rest. */
export async function alikeTo({ sql }: HubContext, { facts }: EpisodeView): Promise<Alike> {
  return alikeEpisodes(sql, facts);
}

type Divisions = ReadonlyMap<string, IsoTimes<DivisionRow>>;

function sourceEvents(members: readonly MemberRow[], anchorId: string, divisions: Divisions): SourceEvent[] {
  return members.map((event, at) => {
    const before = members[at - 1];
    return {
      ...isoTimes(event),
      anchor: event.id === anchorId,
      delta_depth_ft: before === undefined ? null : event.depth_ft - before.depth_ft,
      delta_s: before === undefined ? null : (event.timestamp.getTime() - before.timestamp.getTime()) / 1000,
      division: divisions.get(event.id) ?? null,
    };
  });
}

function changeOf({ before, after, ...change }: ChangeRow): EpisodeChange {
  return { ...isoTimes(change), fields: fieldChanges(before, after) };
}

function nextRun(last: Date | undefined, everyS: number): string | null {
  return last === undefined ? null : new Date(last.getTime() + everyS * 1000).toISOString();
}

/** Where to look instead: an id that is no event's with the suffix is not looked up at all. */
async function gone(sql: HubContext["sql"], id: string): Promise<Fault> {
  const eventId = eventOf(id);
  const row = eventId === undefined ? undefined : await goneEpisode(sql, id, eventId);
  const buried = row?.buried_at?.toISOString();
  const was = buried === undefined ? "" : ` any more: rigs were told to forget it (${row?.reason ?? ""}, ${buried})`;
  const now = row?.episode_id ?? null;
  const hint = now === null ? "the library lists what there is" : `its event stands in ${now} now`;
  return new Fault("not_found", `there is no episode ${show(id)}${was}`, hint);
}

function eventOf(id: string): string | undefined {
  const eventId = id.endsWith(EPISODE_SUFFIX) ? id.slice(0, -EPISODE_SUFFIX.length) : id;
  return isEventId(eventId) ? eventId : undefined;
}
