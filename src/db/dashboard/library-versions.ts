import type { ISql } from "postgres";
import type { CurationCause } from "../curation-runs.ts";
import type { ChangeRow } from "./episode.ts";

export interface VersionRow {
  readonly version: number;
  readonly committed_at: Date;
  readonly changed: number;
  readonly removed: number;
  readonly run_id: number | null;
  /** Of the run that made it; null when none did, or when its row is gone. */
  readonly cause: CurationCause | null;
}

/** The newest first; `before` is the version that the page before ended with. */
export async function versionRows(
  sql: ISql,
  { before, limit }: { readonly before?: number | undefined; readonly limit: number },
): Promise<VersionRow[]> {
  return sql<VersionRow[]>`
    select v.version, v.committed_at, v.changed, v.removed, v.run_id, r.cause
    from library_versions v left join curation_runs r on r.id = v.run_id
    where ${before === undefined ? sql`true` : sql`v.version < ${before}`}
    order by v.version desc
    limit ${limit}`;
}

export interface VersionRowAround extends VersionRow {
  readonly older: number | null;
  readonly newer: number | null;
}

export async function versionRow(sql: ISql, version: number): Promise<VersionRowAround | undefined> {
  const [row] = await sql<VersionRowAround[]>`
    select v.version, v.committed_at, v.changed, v.removed, v.run_id, r.cause,
      (select max(version) from library_versions where version < v.version) as older,
      (select min(version) from library_versions where version > v.version) as newer
    from library_versions v left join curation_runs r on r.id = v.run_id
    where v.version = ${version}`;
  return row;
}

export interface VersionChangeRow extends Pick<ChangeRow, "kind" | "before" | "after"> {
  readonly episode_id: string;
  /** Whether the episode is there today, archived or not. */
  readonly there: boolean;
}

/** What a version changed, in the order of ids. */
export async function versionChanges(
  sql: ISql,
  version: number,
  { after, limit }: { readonly after: string; readonly limit: number },
): Promise<VersionChangeRow[]> {
  return sql<VersionChangeRow[]>`
    select c.episode_id, c.kind, c.before, c.after, e.id is not null as there
    from library_changes c left join episodes e on e.id = c.episode_id
    where c.version = ${version} and c.episode_id > ${after}
    order by c.episode_id
    limit ${limit}`;
}

/** The newest and the oldest version on record; null without any. */
export async function versionRange(
  sql: ISql,
): Promise<{ readonly oldest: number | null; readonly newest: number | null }> {
  const [row] = await sql<{ oldest: number | null; newest: number | null }[]>`
    select min(version) as oldest, max(version) as newest from library_versions`;
  return row ?? { oldest: null, newest: null };
}
