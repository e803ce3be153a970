import { Database } from "bun:sqlite";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import type { SimRig } from "../fleet/rig.ts";

/** What stands on a rig's disk, read past the spoke. */
function rowsOf<T>(rig: SimRig, file: string, query: string): T[] {
  const db = new Database(join(rig.dataDir, file), { readonly: true });
  try {
    return db.query<T, []>(query).all();
  } finally {
    db.close();
  }
}

/** Events that the rig says it gave up. */
export function receiptsOf(rig: SimRig): string[] {
  return rowsOf<{ event_id: string }>(rig, "queue.sqlite", "select event_id from receipts").map((row) => row.event_id);
}

/** Events that have not left the rig: in its queue, or as files that it has not taken yet. */
export function waitingOn(rig: SimRig): string[] {
  const queued = queueRows(rig).flatMap(({ id, state }) => (state === "sent" ? [] : [id]));
  const files = rig.queueDir === undefined ? [] : readdirSync(rig.queueDir);
  return [...queued, ...files.map((name) => name.replace(/-\d+\.json$/, ""))];
}

/** Which events of the run stand as files that the rig software has to see to: told again, and told differently. */
export function toldDifferently(rig: SimRig): number[] {
  if (rig.queueDir === undefined) return [];
  const there = new Set(readdirSync(rig.queueDir));
  const query = "select name from folder_files where code = 'conflict'";
  const names = rowsOf<{ name: string }>(rig, "queue.sqlite", query).map(({ name }) => name);
  return names.filter((name) => there.has(name)).map((name) => Number(/-(\d+)\.json$/.exec(name)?.[1]));
}

export interface QueueRow {
  readonly id: string;
  readonly state: string;
  readonly reason: string | null;
}

export function queueRows(rig: SimRig): QueueRow[] {
  return rowsOf<QueueRow>(rig, "queue.sqlite", "select id, state, reason from events order by id");
}

export function outcomeRows(rig: SimRig): QueueRow[] {
  return rowsOf<QueueRow>(rig, "queue.sqlite", "select event_id as id, state, reason from outcomes order by event_id");
}

/** The mirror: ids and texts. */
export function mirrorRows(rig: SimRig): { id: string; json: string }[] {
  return rowsOf(rig, "library.sqlite", "select id, json from episodes order by id");
}

export interface CursorRow {
  readonly epoch: string | null;
  readonly version: number;
  readonly page: string | null;
}

export function cursorRow(rig: SimRig): CursorRow | undefined {
  return rowsOf<CursorRow>(rig, "library.sqlite", "select epoch, version, page from cursor")[0];
}
