import { Fault } from "../../base/fault.ts";

/** How many of the newest days, weeks and months keep their last backup. */
export interface KeepPolicy {
  readonly days: number;
  readonly weeks: number;
  readonly months: number;
}

/** Whatever the policy says. */
export const KEPT_LEAST = 3;
export const KEEP_DEFAULT = "7d,4w,6m";
const KEEP_MAX = 1000;
const DAY_MS = 86_400_000;
/** 1 January 1970 was a Thursday; weeks begin on Monday. */
const WEEK_SHIFT_DAYS = 3;
const WEEK_DAYS = 7;

/** `7d,4w,6m`, each part at most once. Faults: `usage`. */
export function readKeepPolicy(text: string): KeepPolicy {
  const policy = { d: 0, w: 0, m: 0 };
  for (const part of text.split(",")) {
    const [, count = "", unit = ""] = /^(\d{1,4})([dwm])$/.exec(part.trim()) ?? [];
    if (count === "" || Number(count) > KEEP_MAX) {
      throw new Fault("usage", `--keep ${JSON.stringify(text)} is not understood`, `write it like ${KEEP_DEFAULT}`);
    }
    policy[unit as keyof typeof policy] = Number(count);
  }
  return { days: policy.d, weeks: policy.w, months: policy.m };
}

export interface DatedFile {
  readonly name: string;
  readonly at: Date;
}

/** Those that the policy has no use for. */
export function filesToDrop(files: readonly DatedFile[], policy: KeepPolicy): string[] {
  const newest = files.toSorted((left, right) => right.at.getTime() - left.at.getTime());
  const kept = new Set(newest.slice(0, KEPT_LEAST));
  keepNewestOf(newest, policy.days, dayOf, kept);
  keepNewestOf(newest, policy.weeks, (at) => String(Math.floor((dayNumber(at) + WEEK_SHIFT_DAYS) / WEEK_DAYS)), kept);
  keepNewestOf(newest, policy.months, (at) => at.toISOString().slice(0, 7), kept);
  return newest.filter((file) => !kept.has(file)).map(({ name }) => name);
}

function keepNewestOf(
  newest: readonly DatedFile[],
  periods: number,
  periodOf: (at: Date) => string,
  kept: Set<DatedFile>,
): void {
  const seen = new Set<string>();
  for (const file of newest) {
    const period = periodOf(file.at);
    if (seen.has(period)) continue;
    if (seen.size === periods) return;
    seen.add(period);
    kept.add(file);
  }
}

function dayOf(at: Date): string {
  return at.toISOString().slice(0, 10);
}

function dayNumber(at: Date): number {
  return Math.floor(at.getTime() / DAY_MS);
}
