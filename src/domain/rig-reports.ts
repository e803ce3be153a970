import type { ToldQueue } from "../db/heard-rigs.ts";
import type { QueueReport } from "../wire/queue-report.ts";

/** Ten years: a clock further off says nothing, and some databases cannot hold what it says. */
export const CLOCK_OFFSET_MAX_S = 315_360_000;

/** A time that a rig told, Unix ms; null when it did not, or when it makes no sense. */
export function believable(toldMs: number | undefined, nowMs: number): Date | null {
  if (toldMs === undefined || !(Math.abs(toldMs - nowMs) <= CLOCK_OFFSET_MAX_S * 1000)) return null;
  return new Date(toldMs);
}

/** Rig clock minus hub clock, s; null when it did not tell its time, or nonsense. */
export function clockOffsetS(toldMs: number | undefined, nowMs: number): number | null {
  const told = believable(toldMs, nowMs);
  return told === null ? null : (told.getTime() - nowMs) / 1000;
}

const DROPPED_MAX = 1_000_000;

/** 0 for what is no count. */
export function believableDrops(told: number | undefined): number {
  return told !== undefined && Number.isInteger(told) && told > 0 ? Math.min(told, DROPPED_MAX) : 0;
}

export function toldQueue(report: QueueReport | undefined): ToldQueue | null {
  if (report === undefined) return null;
  const { events, oldest, worst } = report;
  return { events, oldest_at: oldest === null ? null : new Date(oldest * 1000), worst };
}
