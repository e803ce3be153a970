import { Fault } from "../../base/fault.ts";
import {
  versionChanges,
  versionRange,
  versionRow,
  versionRows,
  type VersionChangeRow,
  type VersionRow,
  type VersionRowAround,
} from "../../db/dashboard/library-versions.ts";
import type { HubContext } from "../context.ts";
import { isoTimes, type IsoTimes } from "../iso-times.ts";
import { fieldChanges, type FieldChange } from "./library-change.ts";

export interface VersionsPage {
  readonly versions: readonly IsoTimes<VersionRow>[];
  /** The version that the next page goes on below; null on the last. */
  readonly next: number | null;
}

/** The newest first. */
export async function versionsPage(
  { sql }: HubContext,
  { limit, before }: { readonly limit: number; readonly before?: number | undefined },
): Promise<VersionsPage> {
  const rows = await versionRows(sql, { before, limit: limit + 1 });
  const shown = rows.slice(0, limit);
  const last = rows.length > limit ? shown.at(-1) : undefined;
  return { versions: shown.map(isoTimes), next: last?.version ?? null };
}

export interface VersionChange extends Omit<VersionChangeRow, "before" | "after"> {
  readonly fields: readonly FieldChange[];
}

export interface VersionPage {
  readonly version: IsoTimes<VersionRowAround>;
  readonly changes: readonly VersionChange[];
  /** The id that the next page goes on behind; null on the last. */
  readonly next: string | null;
}

/** What one version changed. Faults: `not_found`. */
export async function versionPage(
  { sql }: HubContext,
  version: number,
  { limit, after = "" }: { readonly limit: number; readonly after?: string },
): Promise<VersionPage> {
  const row = await versionRow(sql, version);
  if (row === undefined) throw await noSuchVersion(sql, version);
  const rows = await versionChanges(sql, version, { after, limit: limit + 1 });
  const changes = rows
    .slice(0, limit)
    .map(({ before, after: now, ...change }) => Object.assign(change, { fields: fieldChanges(before, now) }));
  const last = rows.length > limit ? changes.at(-1) : undefined;
  return { version: isoTimes(row), changes, next: last?.episode_id ?? null };
}

async function noSuchVersion(sql: HubContext["sql"], version: number): Promise<Fault> {
  const { oldest, newest } = await versionRange(sql);
  const hint = newest === null ? "no version was made yet" : `on record are ${oldest} to ${newest}`;
  return new Fault("not_found", `there is no library version ${version}`, hint);
}
