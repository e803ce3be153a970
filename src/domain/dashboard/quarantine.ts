import { parseJson } from "../../base/json.ts";
import {
  openReasons,
  quarantineEntry,
  quarantineLines,
  type QuarantineEntryDetail,
  type QuarantineFilters,
  type QuarantineLine,
  type ReasonCount,
} from "../../db/dashboard/quarantine.ts";
import { Fault } from "../../base/fault.ts";
import type { HubContext } from "../context.ts";
import { listPage } from "../dashboard-mark.ts";
import { readEvent } from "../events.ts";
import { isoTimes, type IsoTimes } from "../iso-times.ts";
import { differingPaths } from "../json-difference.ts";
import { DISCARD_DAYS, noSuchEntry } from "../quarantine.ts";

export { QUARANTINE_STATES } from "../../db/dashboard/quarantine.ts";

/** Differences that are shown of two bodies; a person decides by the first few. */
export const DIFFERENCES_MAX = 50;
/** A history window may differ as a whole: a value is shown so far. */
const VALUE_SHOWN_MAX = 400;

export interface QuarantinePage {
  readonly entries: readonly IsoTimes<QuarantineLine>[];
  readonly next: string | null;
  /** Of all that wait, and of the rig of the filter when there is one. */
  readonly reasons: readonly IsoTimes<ReasonCount>[];
}

export interface QuarantineWish {
  readonly filters: QuarantineFilters;
  readonly after?: string | undefined;
  readonly limit: number;
}

/** Newest first. Faults: `invalid_request`. */
export async function quarantinePage({ sql }: HubContext, wish: QuarantineWish): Promise<QuarantinePage> {
  const { filters, after, limit } = wish;
  const [rows, reasons] = await Promise.all([
    quarantineLines(sql, { filters, before: placeOf(after), limit: limit + 1 }),
    openReasons(sql, filters.rig),
  ]);
  const { rows: page, next } = listPage(rows, limit, ({ id }) => `${id}`);
  return { entries: page.map(isoTimes), next, reasons: reasons.map(isoTimes) };
}

export interface Difference {
  /** JSON pointer. */
  readonly path: string;
  /** As JSON, cut; undefined where there is nothing. */
  readonly stored: string | undefined;
  readonly refused: string | undefined;
}

export interface QuarantineDetail {
  readonly entry: IsoTimes<Omit<QuarantineEntryDetail, "twin_frame">>;
  /** Between the stored event and its refused twin; empty when the event itself is held. */
  readonly differences: readonly Difference[];
  /** Until when a discarded entry can be taken back; null for others. */
  readonly kept_until: string | null;
}

/** Faults: `not_found`, `corrupt`. */
export async function quarantineDetail(context: HubContext, id: number): Promise<QuarantineDetail> {
  const row = await quarantineEntry(context.sql, id);
  if (row === undefined) throw noSuchEntry(id);
  const { twin_frame: frame, ...entry } = row;
  const differences = frame === null ? [] : await differencesOf(context, entry, frame);
  const { decision, decided_at } = entry;
  const recoverable = decision === "discarded" && decided_at !== null && frame !== null;
  const kept_until = recoverable ? new Date(decided_at.getTime() + DISCARD_DAYS * 86_400_000).toISOString() : null;
  return { entry: isoTimes(entry), differences, kept_until };
}

async function differencesOf(
  context: HubContext,
  { event_id, body_bytes }: Pick<QuarantineLine, "event_id" | "body_bytes">,
  frame: Uint8Array,
): Promise<Difference[]> {
  const stored = await readEvent(context, event_id);
  const left = stored === undefined ? undefined : parseJson(stored.json);
  const right = parseJson(context.zstd.decompress(frame, body_bytes));
  return differingPaths(left, right, DIFFERENCES_MAX).map((path) => ({
    path,
    stored: shown(valueAt(left, path)),
    refused: shown(valueAt(right, path)),
  }));
}

function valueAt(value: unknown, pointer: string): unknown {
  const steps = pointer.split("/").slice(1);
  return steps.reduce<unknown>((at, step) => {
    const key = step.replaceAll("~1", "/").replaceAll("~0", "~");
    return typeof at === "object" && at !== null && Object.hasOwn(at, key)
      ? (at as Record<string, unknown>)[key]
      : undefined;
  }, value);
}

function shown(value: unknown): string | undefined {
  if (value === undefined) return undefined;
  const json = JSON.stringify(value);
  return json.length > VALUE_SHOWN_MAX ? `${json.slice(0, VALUE_SHOWN_MAX)}…` : json;
}

function placeOf(after: string | undefined): number | undefined {
  if (after === undefined) return undefined;
  if (/^\d{1,15}$/.test(after)) return Number(after);
  throw new Fault("invalid_request", "after is no place in this list", "start at its first page");
}
