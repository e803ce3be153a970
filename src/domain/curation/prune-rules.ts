import type { ArchiveReason } from "../../db/episodes.ts";
import type { OutcomeName } from "../../wire/vocabulary.ts";
import type { HubSettings } from "../settings.ts";
import { DAY_MS } from "./score.ts";

/** An episode's times before which the rules of age take it. */
export interface PruneLimits {
  readonly age: Date;
  readonly falsePositive: Date;
  /** Of its creation here: what came late stays for a while, so that every rig can pull it. */
  readonly created: Date;
}

export function pruneLimits(settings: HubSettings, at: Date): PruneLimits {
  const before = (days: number): Date => new Date(at.getTime() - days * DAY_MS);
  return {
    age: before(settings.prune_max_age_days),
    falsePositive: before(settings.prune_false_positive_days),
    created: before(settings.prune_grace_days),
  };
}

export interface Prunable {
  readonly outcome: OutcomeName;
  readonly timestamp: Date;
  readonly created_at: Date;
}

/** The rule of age that takes the episode; the rule of capacity is about all of them and not told by one. */
export function pruneReason(episode: Prunable, settings: HubSettings, at: Date): ArchiveReason | null {
  const limits = pruneLimits(settings, at);
  if (episode.created_at >= limits.created) return null;
  if (episode.timestamp < limits.age) return "age";
  return episode.outcome === "FalsePositive" && episode.timestamp < limits.falsePositive ? "false_positive" : null;
}
