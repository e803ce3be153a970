import { logBackup, type BackupEntry } from "../../db/backup/log.ts";
import { atOneMoment } from "../../db/backup/rows.ts";
import type { HubContext } from "../context.ts";
import { archiveOf } from "./archive.ts";
import type { Manifest } from "./manifest.ts";

/** The database in service, as far as backups need it. */
export interface LiveHub {
  readonly engine: Manifest["engine"];
  /** Hands `use` the bytes of a backup, all of one moment; returns what it returned, and what was written. */
  archive<T>(
    at: Date,
    use: (bytes: AsyncIterable<Uint8Array>) => Promise<T>,
  ): Promise<{ readonly result: T; readonly manifest: Manifest }>;
  log(entry: BackupEntry): Promise<void>;
}

export function directLive({ sql }: Pick<HubContext, "sql">, engine: Manifest["engine"]): LiveHub {
  return {
    engine,
    async archive(at, use) {
      let manifest: Manifest | undefined;
      const result = await atOneMoment(sql, (tx) =>
        use(archiveOf(tx, { engine, at }, (written) => (manifest = written))),
      );
      if (manifest === undefined) throw new Error("who uses a backup reads it to its end");
      return { result, manifest };
    },
    log: (entry) => logBackup(sql, entry),
  };
}
