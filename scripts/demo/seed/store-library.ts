import type { Sql } from "postgres";
import type { Random } from "../../../src/base/random.ts";
import type { HubSettings } from "../../../src/domain/settings.ts";
import { inBulk, insertRows } from "./bulk.ts";
import type { EpisodeFate } from "./library-fate.ts";
import { episodeRow, type Version } from "./library-history.ts";
import { storeLibraryState } from "./store.ts";
import type { StoredSessions } from "./store-sessions.ts";
import { slotTime, type Calendar } from "./times.ts";
import { failureRows } from "./trouble-rows.ts";
import { backupRows, changeRows, runRows, sizeRows, tombstoneRows, versionRows } from "./upkeep-rows.ts";
import type { SeedProgress } from "../seed-large.ts";

const FLUSH_ROWS = 5000;

interface LibraryInput {
  readonly sql: Sql;
  readonly random: Random;
  readonly calendar: Calendar;
  readonly settings: HubSettings;
  readonly versions: readonly Version[];
  readonly stored: StoredSessions;
  readonly progress: (progress: SeedProgress) => void;
}

/** The library as curation left it: episodes, what each version changed, and what rigs must forget. */
export async function storeLibrary(input: LibraryInput): Promise<void> {
  const { sql, random, calendar, settings, versions } = input;
  await inBulk(sql, (tx) => insertRows(tx, { table: "library_versions", rows: versionRows(calendar, versions) }));
  await storeEpisodes(input);
  const { rows: graves, floor } = tombstoneRows(calendar, versions, settings.tombstone_days);
  const runs = runRows(random, calendar, versions);
  const { rows: failures, failedByRun } = failureRows(random, runs, input.stored.newest);
  const told = runs.map((run) => Object.assign(run, { events_failed: failedByRun.get(run["id"]) ?? 0 }));
  await inBulk(sql, async (tx) => {
    await insertRows(tx, { table: "tombstones", rows: graves });
    await insertRows(tx, { table: "curation_runs", rows: told });
    await insertRows(tx, { table: "curation_failures", rows: failures });
    await storeLibraryState(tx, floor, versions.length);
    const sizes = sizeRows(calendar, { events: input.stored.eventsByDay, episodes: episodesByDay(input) });
    await insertRows(tx, { table: "size_log", rows: sizes });
    await insertRows(tx, { table: "backup_log", rows: backupRows(random, calendar, sizes) });
  });
}

async function storeEpisodes({ sql, calendar, versions, progress }: LibraryInput): Promise<void> {
  const newest = new Map<EpisodeFate, number>();
  for (const { version, changes } of versions) for (const { fate } of changes) newest.set(fate, version);
  const shown = [...newest].map(([fate, version]) => ({ fate, version }));
  for (let at = 0; at < shown.length; at += FLUSH_ROWS) {
    const rows = shown.slice(at, at + FLUSH_ROWS).map((one) => episodeRow(calendar, one));
    await inBulk(sql, (tx) => insertRows(tx, { table: "episodes", rows }));
    progress({ step: "episodes", done: at + rows.length, of: shown.length });
  }
  for (let at = 0; at < versions.length; at += FLUSH_ROWS) {
    const rows = versions.slice(at, at + FLUSH_ROWS).flatMap(changeRows);
    await inBulk(sql, (tx) => insertRows(tx, { table: "library_changes", rows }));
    progress({ step: "versions", done: Math.min(at + FLUSH_ROWS, versions.length), of: versions.length });
  }
}

function episodesByDay({ calendar, versions }: LibraryInput): Map<string, number> {
  const days = new Map<string, number>();
  for (const { slot, changes } of versions) {
    const day = slotTime(calendar, slot).toISOString().slice(0, 10);
    const created = changes.filter(({ kind }) => kind === "created").length;
    days.set(day, (days.get(day) ?? 0) + created);
  }
  return days;
}
