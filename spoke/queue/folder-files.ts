import type { Database } from "bun:sqlite";

/** A file of the rig's folder that was looked at and not taken, so that it is not parsed for ever. */
export interface FolderFile {
  readonly name: string;
  /** Nanoseconds since the epoch, decimal: more than a double holds. */
  readonly mtime_ns: string;
  readonly size: number;
  readonly code: string;
  readonly reason: string;
  /** Unix ms. */
  readonly looked_at: number;
}

export interface FolderFiles {
  remember(file: FolderFile): void;
  all(): FolderFile[];
  forget(name: string): void;
}

export function createFolderFiles(db: Database): FolderFiles {
  const remember = db.query(
    `insert or replace into folder_files (name, mtime_ns, size, code, reason, looked_at)
     values ($name, $mtime_ns, $size, $code, $reason, $looked_at)`,
  );
  const all = db.query<FolderFile, []>(`select * from folder_files order by name`);
  const forget = db.query(`delete from folder_files where name = $name`);
  return {
    remember: (file) => void remember.run({ ...file }),
    all: () => all.all(),
    forget: (name) => void forget.run({ name }),
  };
}
