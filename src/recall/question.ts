import type { Campaign, Category } from "../wire/vocabulary.ts";
import { categoryOfText } from "./category-words.ts";
import { COMMON_WEIGHT_MIN } from "./closeness.ts";
import type { Columns } from "./columns.ts";
import { groupParts, GROUP_COUNT } from "./columns.ts";
import { campaignDistance, categoryDistance, costTables, presence, weightOf } from "./distance.ts";
import type { RecallQuery } from "./entry.ts";
import { MISSING } from "./features.ts";
import { missingSituation, situationOfMetrics } from "./fingerprint.ts";

/** A query, worked out once: what each row is then measured with. */
export interface Question {
  readonly situation: Int8Array;
  readonly presence: number;
  readonly tables: Int32Array;
  /** What category and campaign cost, by group. */
  readonly contextCosts: Int32Array;
  readonly category: Category | undefined;
  readonly campaign: Campaign | undefined;
  readonly depthFt: number | undefined;
  /** Number of the rig to leave out; -1 for none. */
  readonly excludedRig: number;
  /** Whether a situation was given, even one without a reading. */
  readonly eventAsks: boolean;
  /** Whether situations are compared. Otherwise nothing can be called close or distant. */
  readonly bySituation: boolean;
  /** Whether the event has readings enough for anything to be close. */
  readonly enoughChannels: boolean;
  /** Whether any feature costs anything; if not, all rows of a group are as far away. */
  readonly measures: boolean;
  /** A text was given, no category, and none of its words is known. */
  readonly unknownWords: boolean;
}

export function questionOf(query: RecallQuery, columns: Columns): Question {
  const situation = query.situation ?? missingSituation();
  const bySituation = situation.some((value) => value !== MISSING);
  const asked = bySituation ? situation : situationOfMetrics(query.key_metrics ?? {});
  const category = query.category ?? categoryOfText(query.text ?? "");
  return {
    situation: asked,
    presence: presence(asked),
    tables: costTables(asked, !bySituation),
    contextCosts: contextCosts(category, query.campaign),
    category,
    campaign: query.campaign,
    depthFt: query.depth_ft,
    excludedRig: query.exclude_rig === undefined ? -1 : (columns.rigNumber(query.exclude_rig) ?? -1),
    eventAsks: query.situation !== undefined,
    bySituation,
    enoughChannels: bySituation && weightOf(presence(asked)) >= COMMON_WEIGHT_MIN,
    measures: presence(asked) !== 0,
    unknownWords: category === undefined && (query.text ?? "").trim() !== "",
  };
}

function contextCosts(category: Category | undefined, campaign: Campaign | undefined): Int32Array {
  return Int32Array.from({ length: GROUP_COUNT }, (_, group) => {
    const parts = groupParts(group);
    return categoryDistance(category, parts.category) + campaignDistance(campaign, parts.campaign);
  });
}
