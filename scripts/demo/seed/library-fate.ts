import type { Random } from "../../../src/base/random.ts";
import type { ArchiveReason } from "../../../src/db/episodes.ts";
import { pruneReason } from "../../../src/domain/curation/prune-rules.ts";
import {
  diversityOf,
  publishedScore,
  SCORE_TERMS,
  scoreOf,
  sharesOf,
  type Shares,
} from "../../../src/domain/curation/score.ts";
import type { HubSettings } from "../../../src/domain/settings.ts";
import { between } from "./chance.ts";
import type { EpisodeLife } from "./episode-lives.ts";
import { DAY_MS, hourSlotAfter, slotTime, type Calendar } from "./times.ts";

/** An episode with its end: in the library, with the score that it shows, or archived. */
export interface EpisodeFate extends EpisodeLife {
  readonly diversity: number;
  readonly score: number;
  readonly scoredAt: Date;
  readonly published: number;
  /** The scheduled run that last let its score follow its age; null when it shows the score of its last change. */
  readonly rescoredSlot: number | null;
  readonly archived: { readonly slot: number; readonly reason: ArchiveReason } | null;
}

export interface FateInput {
  readonly random: Random;
  readonly calendar: Calendar;
  readonly settings: HubSettings;
  readonly lives: readonly EpisodeLife[];
}

/** Below the step from which curation publishes a score anew, so that its next run finds nothing to do. */
const SHOWN_BEHIND_MAX = 0.018;
const CAPACITY_DAYS = 20;

/** Which episodes pruning has taken, and what the others are worth now. */
export function decideFates(input: FateInput): EpisodeFate[] {
  const { random, calendar, settings, lives } = input;
  const aged = new Map(lives.map((life) => [life, agedOut(input, life)]));
  const excess = excessOf(
    input,
    lives.filter((life) => aged.get(life) === null),
  );
  const active = lives.filter((life) => aged.get(life) === null && !excess.has(life));
  const shares = sharesOfLives(active);
  return lives.map((life) => {
    const reason = aged.get(life) ?? (excess.has(life) ? "capacity" : null);
    return reason === null
      ? staying({ random, calendar, settings, shares }, life)
      : leaving({ random, calendar, settings, shares }, life, reason);
  });
}

/** The rules of age, asked as curation asks them. */
function agedOut({ calendar, settings }: FateInput, { content, bornSlot }: EpisodeLife): ArchiveReason | null {
  const created_at = slotTime(calendar, bornSlot);
  return pruneReason({ ...content, created_at }, settings, new Date(calendar.nowMs));
}

/** The lowest scores above the cap. */
function excessOf({ calendar, settings }: FateInput, young: readonly EpisodeLife[]): Set<EpisodeLife> {
  const over = young.length - settings.library_max_episodes;
  if (over <= 0) return new Set();
  const shares = sharesOfLives(young);
  const at = new Date(calendar.nowMs);
  const scored = young.map((life) => ({ life, score: scoreAt(life, shares, at, settings) }));
  const ordered = scored.toSorted((left, right) => left.score - right.score);
  return new Set(ordered.slice(0, over).map(({ life }) => life));
}

interface Weighing {
  readonly random: Random;
  readonly calendar: Calendar;
  readonly settings: HubSettings;
  readonly shares: Shares;
}

function staying({ random, calendar, settings, shares }: Weighing, life: EpisodeLife): EpisodeFate {
  const now = new Date(calendar.nowMs);
  const changedSlot = life.answeredSlot ?? life.bornSlot;
  const rescoredSlot = rescoredAt({ random, calendar, settings, shares }, life, changedSlot);
  const shownAt = slotTime(calendar, rescoredSlot ?? changedSlot);
  return {
    ...life,
    diversity: diversityOf(life.content, shares),
    score: scoreAt(life, shares, now, settings),
    scoredAt: now,
    published: publishedScore(scoreAt(life, shares, shownAt, settings)),
    rescoredSlot,
    archived: null,
  };
}

/** What it shows may lag behind its score by less than a step: some hour since then, or the change itself. */
function rescoredAt(
  { random, calendar, settings }: Weighing,
  { content }: EpisodeLife,
  changedSlot: number,
): number | null {
  const eventMs = content.timestamp.getTime();
  const changedMs = slotTime(calendar, changedSlot).getTime();
  const pendingMs = settings.prune_pending_days * DAY_MS;
  const ageDays = (calendar.nowMs - eventMs) / DAY_MS;
  if (content.outcome === "Pending" && calendar.nowMs - eventMs > pendingMs) {
    return laterThan(changedSlot, hourSlotAfter(calendar, eventMs + pendingMs));
  }
  const days = SCORE_TERMS.recencyDays;
  const oldest = -days * Math.log(Math.exp(-ageDays / days) + SHOWN_BEHIND_MAX / SCORE_TERMS.recency);
  const earliestMs = eventMs + Math.max(0, oldest) * DAY_MS;
  if (earliestMs <= changedMs) return null;
  return laterThan(changedSlot, hourSlotAfter(calendar, between(random, earliestMs, calendar.nowMs)));
}

function laterThan(slot: number, next: number): number | null {
  return next > slot ? next : null;
}

function leaving(
  { random, calendar, settings, shares }: Weighing,
  life: EpisodeLife,
  reason: ArchiveReason,
): EpisodeFate {
  const { content, bornSlot, answeredSlot } = life;
  const changedSlot = answeredSlot ?? bornSlot;
  const days = reason === "age" ? settings.prune_max_age_days : settings.prune_false_positive_days;
  const dueMs =
    reason === "capacity"
      ? calendar.nowMs - between(random, 0, CAPACITY_DAYS) * DAY_MS
      : content.timestamp.getTime() + days * DAY_MS;
  const slot = Math.max(hourSlotAfter(calendar, dueMs), changedSlot + 1);
  const scoredAt = slotTime(calendar, slot);
  const score = scoreAt(life, shares, scoredAt, settings);
  return {
    ...life,
    diversity: diversityOf(content, shares),
    score,
    scoredAt,
    published: publishedScore(score),
    rescoredSlot: null,
    archived: { slot, reason },
  };
}

function scoreAt({ content }: EpisodeLife, shares: Shares, at: Date, settings: HubSettings): number {
  return scoreOf({ ...content, diversity: diversityOf(content, shares) }, at, settings.prune_pending_days);
}

function sharesOfLives(lives: readonly EpisodeLife[]): Shares {
  const counts = Map.groupBy(lives, ({ content }) => `${content.category} ${content.rig_id}`);
  return sharesOf(
    [...counts.values()].flatMap(([first, ...others]) =>
      first === undefined
        ? []
        : [{ category: first.content.category, rig_id: first.content.rig_id, episodes: 1 + others.length }],
    ),
  );
}
