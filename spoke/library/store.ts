import type { Database } from "bun:sqlite";
import { sameBytes, sha256 } from "../../src/base/digest.ts";
import { fleetEpisodeSchema, type FleetEpisode } from "../../src/wire/episode.ts";
import { isSealed, sealOf } from "../queue/seal.ts";
import {
  beginSweep,
  forgetCursor,
  forgetRows,
  forgetRun,
  settleCursor,
  markFresh,
  readCursor,
  writeCursor,
} from "./cursor-row.ts";
import type { Cursor, Step } from "./cursor.ts";
import { openLibraryDatabase } from "./database.ts";
import { episodeScore, type RefusedRow } from "./page.ts";

/** What a page changed, in the order to follow: first take up, then drop. */
export interface Changes {
  readonly upserted: readonly FleetEpisode[];
  readonly removed: readonly string[];
  /** No further page is wanted. */
  readonly ended: boolean;
}

export interface LibraryStore {
  cursor(): Cursor;
  count(): number;
  /** The page and its cursor in one transaction; undefined when another process changed the library meanwhile. */
  apply(step: Step, from: Cursor, nowS: number): Changes | undefined;
  /** The hub has nothing new. */
  markFresh(nowS: number): void;
  /** The next pull begins from the cursor, not where the last was cut. */
  forgetRun(): void;
  /** The next pull brings the whole library. */
  forgetCursor(): void;
  /** In the order of the ids; a row that is gone or damaged is left out, and the damaged are pulled again. */
  episodes(ids: readonly string[]): (FleetEpisode | undefined)[];
  all(): Generator<FleetEpisode>;
  /** Looks at some rows behind `after`, and drops the damaged; `upTo` is where to go on, undefined at the end. */
  verify(after: number): { readonly damaged: number; readonly upTo: number | undefined };
  /** What `saveSnapshot` kept, when no row has changed since. */
  snapshot(): Uint8Array | undefined;
  saveSnapshot(bytes: Uint8Array, revision: number): void;
  refusedRows(): RefusedRow[];
  /** Whether the file was damaged when it was opened and had to begin empty. */
  readonly setAside: boolean;
  /** Whether the cursor was damaged then: the whole library is pulled anew. */
  readonly cursorLost: boolean;
  close(): void;
}

export const REFUSED_ROWS_MAX = 100;

interface StoredRow {
  readonly rowid: number;
  readonly id: string;
  readonly score: number;
  readonly timestamp: number;
  readonly json: string;
  readonly seal: Uint8Array;
}

const STORED = "rowid, id, score, timestamp, json, seal";
/** Looked at in one go: a millisecond or two. */
const VERIFIED_A_CALL = 500;

export function openLibraryStore(path: string, cap: number): LibraryStore {
  const { db, setAside } = openLibraryDatabase(path);
  const cursorSound = settleCursor(db);
  const oneRow = db.query<StoredRow, [string]>(`select ${STORED} from episodes where id = ?`);
  const slice = db.query<StoredRow, [number]>(
    `select ${STORED} from episodes where rowid > ? order by rowid limit ${VERIFIED_A_CALL}`,
  );
  const apply = db.transaction((step: Step, from: Cursor, nowS: number) => applyStep(db, { step, from, nowS, cap }));
  const dropDamaged = db.transaction((rowid: number) => {
    db.query("delete from episodes where rowid = ?").run(rowid);
    forgetRows(db);
  });
  const readRow = (row: StoredRow): FleetEpisode | undefined => {
    const episode = soundEpisode(row);
    if (episode === undefined) dropDamaged.immediate(row.rowid);
    return episode;
  };
  return {
    setAside,
    cursorLost: !cursorSound,
    cursor: () => readCursor(db),
    count: () => countRows(db),
    apply: (step, from, nowS) => apply.immediate(step, from, nowS),
    markFresh: (nowS) => markFresh(db, nowS),
    forgetRun: () => forgetRun(db),
    forgetCursor: () => forgetCursor(db),
    episodes: (ids) =>
      ids.map((id) => {
        const row = oneRow.get(id);
        return row === null ? undefined : readRow(row);
      }),
    *all() {
      for (const row of db.query<StoredRow, []>(`select ${STORED} from episodes`).all()) {
        const episode = readRow(row);
        if (episode !== undefined) yield episode;
      }
    },
    verify(after) {
      const rows = slice.all(after);
      const damaged = rows.filter((row) => readRow(row) === undefined).length;
      return { damaged, upTo: rows.length < VERIFIED_A_CALL ? undefined : rows.at(-1)?.rowid };
    },
    snapshot: () => readSnapshot(db),
    saveSnapshot: (bytes, revision) => writeSnapshot(db, bytes, revision),
    refusedRows: () => db.query<RefusedRow, []>("select id, problem from refused_rows order by refused_at, id").all(),
    close: () => db.close(),
  };
}

interface Application {
  readonly step: Step;
  readonly from: Cursor;
  readonly nowS: number;
  readonly cap: number;
}

function applyStep(db: Database, { step, from, nowS, cap }: Application): Changes | undefined {
  const before = readCursor(db);
  if (before.revision !== from.revision) return undefined;
  if (step.startsSweep) beginSweep(db);
  for (const episode of step.page.episodes) upsert(db, episode);
  keepRefused(db, step, nowS);
  const removed = [...removeIds(db, step.page.prunedIds), ...trim(db, cap)];
  const ended = isLast(step, new Set(removed));
  if (ended && step.full) removed.push(...sweep(db));
  const full = countRows(db) >= cap;
  writeCursor(db, {
    revision: before.revision + 1,
    ...(ended
      ? { epoch: step.page.epoch, version: step.version, syncedAt: nowS, run: undefined }
      : { epoch: before.epoch, version: before.version, syncedAt: before.syncedAt, run: runAfter(step) }),
    capped: ended && step.full ? full : before.capped || full,
  });
  return { upserted: step.page.episodes, removed, ended };
}

function runAfter(step: Step): Cursor["run"] {
  return { page: step.page.next ?? "", epoch: step.page.epoch, version: step.version, full: step.full };
}

/** Pages of a whole library come best first: when the cap keeps nothing of one, the rest is no better. */
function isLast({ page, full }: Step, removed: ReadonlySet<string>): boolean {
  if (page.next === null || page.next === undefined) return true;
  return full && page.episodes.length > 0 && page.episodes.every(({ id }) => removed.has(id));
}

function upsert(db: Database, episode: FleetEpisode): void {
  const json = JSON.stringify(episode);
  const { timestamp } = episode;
  const score = episodeScore(episode);
  db.query(
    `insert into episodes (id, score, timestamp, json, seal, sweep)
     values (?, ?, ?, ?, ?, (select sweep from cursor))
     on conflict (id) do update set score = excluded.score, timestamp = excluded.timestamp,
       json = excluded.json, seal = excluded.seal, sweep = excluded.sweep`,
  ).run(episode.id, score, timestamp, json, sealOf([episode.id, score, timestamp], Buffer.from(json)));
  db.query("delete from refused_rows where id = ?").run(episode.id);
}

/** What the rig already has under a refused id stays: an older word is better than none. */
function keepRefused(db: Database, step: Step, nowS: number): void {
  if (step.startsSweep) db.run("delete from refused_rows");
  for (const { id, problem } of step.page.refused) {
    db.query("insert or replace into refused_rows (id, problem, refused_at) values (?, ?, ?)").run(id, problem, nowS);
    db.query("update episodes set sweep = (select sweep from cursor) where id = ?").run(id);
  }
  db.query(
    `delete from refused_rows where id in
       (select id from refused_rows order by refused_at desc, id limit -1 offset ?)`,
  ).run(REFUSED_ROWS_MAX);
}

function removeIds(db: Database, ids: readonly string[]): string[] {
  const gone = db.query<{ id: string }, [string]>("delete from episodes where id = ? returning id");
  return ids.flatMap((id) => gone.all(id).map((row) => row.id));
}

/** Least score first; what a whole library has not named yet goes before what it has. */
function trim(db: Database, cap: number): string[] {
  const excess = countRows(db) - cap;
  if (excess <= 0) return [];
  return deleted(
    db,
    `delete from episodes where id in
       (select id from episodes order by sweep, score, timestamp, id limit ?) returning id`,
    excess,
  );
}

function sweep(db: Database): string[] {
  return deleted(db, "delete from episodes where sweep < (select sweep from cursor) returning id");
}

function deleted(db: Database, sql: string, ...values: number[]): string[] {
  return db
    .query<{ id: string }, number[]>(sql)
    .all(...values)
    .map((row) => row.id);
}

function countRows(db: Database): number {
  return db.query<{ rows: number }, []>("select count(*) as rows from episodes").get()?.rows ?? 0;
}

/** SQLite's own check passes most single flipped bits; the seal finds them all. */
function soundEpisode({ id, score, timestamp, json, seal }: StoredRow): FleetEpisode | undefined {
  if (typeof json !== "string" || !(seal instanceof Uint8Array)) return undefined;
  if (!isSealed(seal, [id, score, timestamp], Buffer.from(json))) return undefined;
  const value: unknown = JSON.parse(json);
  return fleetEpisodeSchema.is(value) ? value : undefined;
}

function readSnapshot(db: Database): Uint8Array | undefined {
  const row = db
    .query<{ bytes: Uint8Array; digest: Uint8Array }, []>(
      "select bytes, digest from snapshot where revision = (select revision from cursor)",
    )
    .get();
  return row !== null && sameBytes(row.digest, sha256(row.bytes)) ? row.bytes : undefined;
}

function writeSnapshot(db: Database, bytes: Uint8Array, revision: number): void {
  db.query("insert or replace into snapshot (one, revision, bytes, digest) values (1, ?, ?, ?)").run(
    revision,
    bytes,
    sha256(bytes),
  );
}
