import { Fault } from "../../base/fault.ts";
import { MIB } from "../../base/limits.ts";
import { TAR_MEMBER_MAX, tar, untar, type TarMember } from "../../base/tar.ts";
import { runtimeZstd } from "../../base/zstd.ts";
import type { ISql } from "postgres";
import packageJson from "../../../package.json" with { type: "json" };
import { carriedTables, factsForManifest, schemaNames, sequenceValues } from "../../db/backup/catalog.ts";
import { rowsOf } from "../../db/backup/rows.ts";
import { BACKUP_FORMAT, MANIFEST_NAME, readManifest, type Manifest, type TableSummary } from "./manifest.ts";
import { createRowDigest, type RowDigest } from "./row-digest.ts";

/** JSON of one member, and one row more. */
const PART_BYTES = 4 * MIB;
const PART_NAME = /^tables\/([a-z_][a-z0-9_]{0,62})\/\d{6}\.jsonl\.zst$/;

export interface ArchiveFacts {
  readonly engine: Manifest["engine"];
  readonly at: Date;
}

/** The bytes of a backup, from inside one moment of the database. `done` hears what was written. */
export function archiveOf(
  tx: ISql,
  facts: ArchiveFacts,
  done: (manifest: Manifest) => void,
): AsyncIterable<Uint8Array> {
  return tar(members(tx, facts, done), Math.floor(facts.at.getTime() / 1000));
}

async function* members(
  tx: ISql,
  { engine, at }: ArchiveFacts,
  done: (manifest: Manifest) => void,
): AsyncGenerator<TarMember> {
  const tables: TableSummary[] = [];
  for (const name of await carriedTables(tx)) tables.push(yield* tableMembers(tx, name));
  const manifest: Manifest = {
    format: BACKUP_FORMAT,
    created_at: at.toISOString(),
    hub_version: packageJson.version,
    engine,
    ...(await factsForManifest(tx)),
    schema: await schemaNames(tx),
    tables,
    sequences: [...(await sequenceValues(tx))],
  };
  yield { name: MANIFEST_NAME, body: Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`) };
  done(manifest);
}

async function* tableMembers(tx: ISql, name: string): AsyncGenerator<TarMember, TableSummary> {
  const digest = createRowDigest();
  let bytes = 0;
  let parts = 0;
  let waiting: string[] = [];
  let waitingBytes = 0;
  const part = (): TarMember => {
    const body = runtimeZstd.compress(Buffer.from(waiting.join("")));
    waiting = [];
    waitingBytes = 0;
    return { name: `tables/${name}/${String(++parts).padStart(6, "0")}.jsonl.zst`, body };
  };
  for await (const rows of rowsOf(tx, name)) {
    for (const row of rows) {
      digest.add(row);
      waiting.push(`${row}\n`);
      const size = Buffer.byteLength(row) + 1;
      waitingBytes += size;
      bytes += size;
      if (waitingBytes >= PART_BYTES) yield part();
    }
  }
  if (waitingBytes > 0) yield part();
  return { name, rows: digest.rows, digest: digest.value(), bytes };
}

/** The rows of a table of this database, as a backup would sum them up. */
export async function summaryOf(tx: ISql, name: string): Promise<TableSummary> {
  const digest = createRowDigest();
  let bytes = 0;
  for await (const rows of rowsOf(tx, name)) {
    for (const row of rows) {
      digest.add(row);
      bytes += Buffer.byteLength(row) + 1;
    }
  }
  return { name, rows: digest.rows, digest: digest.value(), bytes };
}

/** Rows of one table, some at a time, in the order in which they must be written. */
export interface ArchivedRows {
  readonly table: string;
  readonly rows: readonly string[];
}

/**
 * Reads a backup to its end: each part of it goes to `take`, and what comes back is its manifest. Only then is the
 * whole known to be sound. Faults: `corrupt`, `config`.
 */
export async function readArchive(
  stream: AsyncIterable<Uint8Array>,
  take: (rows: ArchivedRows) => Promise<void> | void = () => {},
): Promise<Manifest> {
  let manifest: Manifest | undefined;
  const found = new Map<string, RowDigest>();
  for await (const { name, body } of untar(stream)) {
    if (name === MANIFEST_NAME) {
      manifest = readManifest(body);
      continue;
    }
    const table = PART_NAME.exec(name)?.[1];
    if (table === undefined || manifest !== undefined) throw unsound(`${name} is not part of a backup`);
    const rows = rowsOfPart(body);
    const seen = found.get(table) ?? createRowDigest();
    found.set(table, seen);
    for (const row of rows) seen.add(row);
    await take({ table, rows });
  }
  if (manifest === undefined) throw unsound("it has no manifest");
  compare(manifest, found);
  return manifest;
}

function rowsOfPart(body: Uint8Array): string[] {
  const text = Buffer.from(runtimeZstd.decompress(body, TAR_MEMBER_MAX)).toString();
  return text.split("\n").slice(0, -1);
}

function compare({ tables }: Manifest, found: ReadonlyMap<string, RowDigest>): void {
  for (const { name, rows, digest } of tables) {
    const seen = found.get(name) ?? createRowDigest();
    if (seen.rows !== rows || seen.value() !== digest) throw unsound(`table ${name} differs from the manifest`);
  }
  const stray = [...found.keys()].find((name) => !tables.some((table) => table.name === name));
  if (stray !== undefined) throw unsound(`the manifest does not know table ${stray}`);
}

function unsound(reason: string): Fault {
  return new Fault("corrupt", `the backup is not sound: ${reason}`, "take another one");
}
