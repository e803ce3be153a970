import type { EpisodeRow } from "../../../src/db/episodes.ts";
import { episodeBody } from "../../../src/domain/curation/episode.ts";
import { publishedScore, SCORE_TERMS } from "../../../src/domain/curation/score.ts";
import type { EpisodeFate } from "./library-fate.ts";
import { slotTime, type Calendar } from "./times.ts";

export type ChangeKind = "created" | "changed" | "rescored" | "archived";

export interface Change {
  readonly kind: ChangeKind;
  readonly fate: EpisodeFate;
  readonly slot: number;
}

export interface Version {
  readonly version: number;
  readonly slot: number;
  readonly changes: readonly Change[];
}

/** All versions of the library, the first one first: a slot in which rigs saw a difference made one. */
export function versionsOf(fates: readonly EpisodeFate[]): Version[] {
  const bySlot = Map.groupBy(fates.flatMap(changesOf), ({ slot }) => slot);
  const slots = [...bySlot.keys()].toSorted((left, right) => left - right);
  return slots.map((slot, nth) => ({ version: nth + 1, slot, changes: bySlot.get(slot) ?? [] }));
}

function changesOf(fate: EpisodeFate): Change[] {
  const changes: Change[] = [{ kind: "created", fate, slot: fate.bornSlot }];
  if (fate.answeredSlot !== null) changes.push({ kind: "changed", fate, slot: fate.answeredSlot });
  if (fate.rescoredSlot !== null) changes.push({ kind: "rescored", fate, slot: fate.rescoredSlot });
  if (fate.archived !== null) changes.push({ kind: "archived", fate, slot: fate.archived.slot });
  return changes;
}

export function episodeRow(calendar: Calendar, { fate, version }: { fate: EpisodeFate; version: number }): EpisodeRow {
  const { content, diversity, score, scoredAt, published, archived, bornSlot, answeredSlot } = fate;
  return {
    ...content,
    diversity,
    score,
    scored_at: scoredAt,
    published_score: published,
    archived: archived !== null,
    archived_reason: archived?.reason ?? null,
    archived_at: archived === null ? null : slotTime(calendar, archived.slot),
    version,
    body: episodeBody(content, published),
    created_at: slotTime(calendar, bornSlot),
    curated_at: slotTime(calendar, answeredSlot ?? bornSlot),
  };
}

type Fields = Readonly<Record<string, unknown>>;

/** What a person sees of a change: the fields that differ, and nothing where the episode was not there. */
export function changeFields({ kind, fate }: Change): {
  readonly before: Fields | null;
  readonly after: Fields | null;
} {
  const { content, published, archived } = fate;
  const { outcome, resolution, action_taken, notes, event_count } = content;
  const unanswered = { outcome: "Pending", resolution: "No outcome yet", action_taken: null };
  const shownFirst = fate.rescoredSlot === null ? published : earlierScore(published);
  if (kind === "created") {
    const told = fate.answeredSlot === null ? { outcome, resolution, action_taken } : unanswered;
    const { category, campaign, risk_level } = content;
    return { before: null, after: { category, campaign, risk_level, ...told, event_count, score: shownFirst } };
  }
  if (kind === "changed") {
    const worth = SCORE_TERMS.outcome * (SCORE_TERMS.outcomes[outcome] - SCORE_TERMS.outcomes.Pending);
    const before = { ...unanswered, notes: null, score: publishedScore(Math.max(0, shownFirst - worth)) };
    return { before, after: { outcome, resolution, action_taken, notes, score: shownFirst } };
  }
  if (kind === "rescored") return { before: { score: earlierScore(published) }, after: { score: published } };
  return { before: { score: published, archived_reason: null }, after: { archived_reason: archived?.reason ?? null } };
}

/** Age is told in steps of 0.02, so that is what an episode showed before. */
function earlierScore(score: number): number {
  return publishedScore(Math.min(1, score + 0.0207));
}
