import { Fault } from "../../base/fault.ts";
import { isEmptyDatabase } from "../../db/backup/catalog.ts";
import { identityOf } from "../../db/backup/place.ts";
import { raiseEpoch } from "../../db/backup/rows.ts";
import type { Database } from "../../db/connect.ts";
import { migrate } from "../../db/migrate.ts";
import { readArchive } from "./archive.ts";
import { loadRows, prepareSchema } from "./load.ts";
import type { Manifest } from "./manifest.ts";

/** A database and the folder that an embedded one lies in. */
export interface Place {
  readonly database: Database;
  readonly dataDir: string;
}

/** A backup can be read more than once: first to see that it is whole, then to take it up. */
export type BackupSource = () => Promise<AsyncIterable<Uint8Array>>;

export interface Restored {
  readonly manifest: Manifest;
  readonly epoch: string;
}

/**
 * Fills an empty database and raises its epoch, so that rigs offer again what came after the backup.
 * Faults: `corrupt`, `config`, `conflict` when the target is the live database or holds anything.
 */
export async function restoreInto(source: BackupSource, target: Place, live: Place | undefined): Promise<Restored> {
  const manifest = await readArchive(await source());
  if (!(await isEmptyDatabase(target.database.sql))) {
    await requireOther(target, live);
    throw new Fault("conflict", "the target is not empty", "make a new database, or name an empty folder");
  }
  const { database } = target;
  await prepareSchema(database, manifest);
  await loadRows(database, await source(), manifest);
  await migrate(database);
  return { manifest, epoch: await raiseEpoch(database.sql) };
}

/** A pooler may map every name to one database: what counts is where one arrives. Faults: `conflict`. */
export async function requireOther(target: Place, live: Place | undefined): Promise<void> {
  if (live === undefined) return;
  const [there, here] = await Promise.all([identity(target), identity(live)]);
  if (there === here) {
    throw new Fault("conflict", "the target is the live database", "name another one: nothing is restored over it");
  }
}

function identity({ database, dataDir }: Place): Promise<string> {
  return identityOf(database, dataDir);
}
