import type { ISql } from "postgres";
import { alikeDetails, newestOfCategory, type AlikeDetailRow, type AlikeRow } from "../../db/dashboard/episode.ts";
import { closeness, type Closeness } from "../../recall/closeness.ts";
import { campaignDistance, DISTANCE_ONE, presence, situationDistance, weightOf } from "../../recall/distance.ts";
import { MISSING } from "../../recall/features.ts";
import { decodeSituation } from "../../recall/fingerprint.ts";
import { reasons } from "../../recall/why.ts";
import type { Campaign, Category } from "../../wire/vocabulary.ts";
import { isoTimes, type IsoTimes } from "../iso-times.ts";

/** Episodes that are compared: the newest of the category. Others are far by the category alone. */
export const ALIKE_COMPARED_MAX = 1000;
export const ALIKE_SHOWN = 5;

export interface AlikeEpisode extends IsoTimes<AlikeDetailRow> {
  /** As rigs reckon it; 1 is far. */
  readonly distance: number;
  readonly closeness: Closeness;
  readonly why: readonly string[];
}

export interface Alike {
  /** False when the episode has no reading to compare by. */
  readonly comparable: boolean;
  readonly compared: number;
  readonly episodes: readonly AlikeEpisode[];
}

export interface AlikeQuestion {
  readonly id: string;
  readonly category: Category;
  readonly campaign: Campaign;
  readonly situation: string;
}

/** The nearest of the same category, by the distance that recall uses on rigs. */
export async function alikeEpisodes(sql: ISql, asked: AlikeQuestion): Promise<Alike> {
  const situation = decodeSituation(asked.situation);
  if (situation.every((value) => value === MISSING)) return { comparable: false, compared: 0, episodes: [] };
  const rows = await newestOfCategory(sql, asked.category, ALIKE_COMPARED_MAX + 1);
  const others = rows.filter(({ id }) => id !== asked.id).slice(0, ALIKE_COMPARED_MAX);
  const found = nearest(others, asked, situation);
  const details = new Map((await alikeDetails(sql, [...found.keys()])).map((row) => [row.id, row]));
  const episodes = [...found].flatMap(([id, near]) => {
    const row = details.get(id);
    return row === undefined ? [] : [{ ...isoTimes(row), ...near }];
  });
  return { comparable: true, compared: others.length, episodes };
}

type Nearness = Pick<AlikeEpisode, "distance" | "closeness" | "why">;

function nearest(rows: readonly AlikeRow[], asked: AlikeQuestion, situation: Int8Array): Map<string, Nearness> {
  const measured = rows.map((row) => {
    const theirs = decodeSituation(row.situation);
    const parts = situationDistance(situation, theirs) + campaignDistance(asked.campaign, row.campaign);
    return { id: row.id, theirs, parts };
  });
  const best = measured.toSorted((left, right) => left.parts - right.parts || (left.id < right.id ? -1 : 1));
  return new Map(best.slice(0, ALIKE_SHOWN).map(({ id, theirs, parts }) => [id, nearness(situation, theirs, parts)]));
}

function nearness(situation: Int8Array, theirs: Int8Array, parts: number): Nearness {
  const common = weightOf(presence(situation) & presence(theirs));
  return {
    distance: parts / DISTANCE_ONE,
    closeness: closeness(parts, common),
    why: reasons(situation, theirs),
  };
}
