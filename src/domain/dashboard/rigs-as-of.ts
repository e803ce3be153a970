import packageJson from "../../../package.json" with { type: "json" };
import type { RigsAsOf } from "../../db/dashboard/rig-lines.ts";
import { RIG_INACTIVE_AFTER_S } from "../../wire/protocol.ts";
import type { HubContext } from "../context.ts";

/** How often a rig syncs unless its settings say otherwise. */
const SYNC_INTERVAL_S = 6 * 3600;
/** A rig that is not heard of for two syncs is late, until it is silent. */
export const RIG_LATE_AFTER_S = 2 * SYNC_INTERVAL_S;
/** A late rig that is still not heard of is silent. */
export const RIG_SILENT_AFTER_S = RIG_INACTIVE_AFTER_S;
const WEEK_DAYS = 7;
const DAY_MS = 86_400_000;
const ISO_DAY_CHARS = "2026-11-10".length;

export function rigsAsOf({ clock }: HubContext): RigsAsOf {
  const nowMs = clock.now();
  return {
    lateBefore: new Date(nowMs - RIG_LATE_AFTER_S * 1000),
    silentBefore: new Date(nowMs - RIG_SILENT_AFTER_S * 1000),
    week: daysBack(nowMs, WEEK_DAYS),
    spokeVersion: packageJson.version,
  };
}

/** `YYYY-MM-DD`, UTC, newest first: today and the days before it. */
export function daysBack(nowMs: number, days: number): string[] {
  return Array.from({ length: days }, (_, back) =>
    new Date(nowMs - back * DAY_MS).toISOString().slice(0, ISO_DAY_CHARS),
  );
}
