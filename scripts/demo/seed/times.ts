export const SECOND_MS = 1000;
export const MINUTE_MS = 60 * SECOND_MS;
export const HOUR_MS = 60 * MINUTE_MS;
export const DAY_MS = 24 * HOUR_MS;

/** Curation follows an arrival within one of these. */
const SLOT_MS = 10 * SECOND_MS;

/** The seed's past: from its first moment to now, in slots of curation that number its runs. */
export interface Calendar {
  readonly startMs: number;
  readonly nowMs: number;
}

export function slotAfter({ startMs, nowMs }: Calendar, ms: number): number {
  return Math.min(Math.floor((ms - startMs) / SLOT_MS) + 1, Math.floor((nowMs - startMs) / SLOT_MS));
}

export function slotTime({ startMs }: Calendar, slot: number): Date {
  return new Date(startMs + slot * SLOT_MS);
}

/** The scheduled run of the next full hour; of the last one when there is none yet. */
export function hourSlotAfter(calendar: Calendar, ms: number): number {
  const next = Math.ceil((ms + 1) / HOUR_MS) * HOUR_MS;
  const last = Math.floor(calendar.nowMs / HOUR_MS) * HOUR_MS;
  return slotAfter(calendar, Math.min(next, last) - SLOT_MS);
}
