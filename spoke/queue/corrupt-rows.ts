import type { Database } from "bun:sqlite";

/** A row that does not fit its seal any more, as it was found. */
export interface CorruptRow {
  /** Table it stood in. */
  readonly source: "events" | "outcomes" | "acknowledgments";
  readonly key: string;
  /** Its other columns as JSON, for a person to look at. */
  readonly columns: string;
  readonly frame: Uint8Array | null;
  /** Unix ms. */
  readonly found_at: number;
}

export interface CorruptRows {
  put(row: CorruptRow): void;
  count(): number;
}

/** Rows kept, the newest: enough to see what the disk does, little enough never to fill it. */
export const CORRUPT_ROWS_MAX = 200;

export function createCorruptRows(db: Database): CorruptRows {
  const put = db.query(
    `insert into corrupt (source, key, columns, frame, found_at) values ($source, $key, $columns, $frame, $found_at)`,
  );
  const prune = db.query(`delete from corrupt where seq <= (select max(seq) from corrupt) - $keep`);
  const count = db.query<{ rows: number }, []>(`select count(*) as rows from corrupt`);
  return {
    put(row) {
      put.run({ ...row });
      prune.run({ keep: CORRUPT_ROWS_MAX });
    },
    count: () => count.get()?.rows ?? 0,
  };
}
