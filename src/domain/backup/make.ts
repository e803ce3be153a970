import { rmSync } from "node:fs";
import { join } from "node:path";
import type { Clock } from "../../base/clock.ts";
import { Fault } from "../../base/fault.ts";
import type { Random } from "../../base/random.ts";
import { seal } from "../../base/seal.ts";
import type { BackupEntry } from "../../db/backup/log.ts";
import { backupName, backupsIn, dropUnfinished, prepareFolder, writeFile } from "./files.ts";
import type { LiveHub } from "./live.ts";
import { totalRows, type Manifest } from "./manifest.ts";
import { filesToDrop, type KeepPolicy } from "./retention.ts";

export interface BackupOrder {
  /** A folder. */
  readonly to: string;
  readonly keep: KeepPolicy;
  /** Public keys; none leaves the file readable. */
  readonly recipients: readonly Uint8Array[];
  /** Where the database lies, when the folder must not be on the same disk. */
  readonly apartFrom: string | undefined;
}

export interface BackupMade {
  readonly file: string;
  readonly bytes: number;
  readonly took_s: number;
  readonly rows: number;
  readonly manifest: Manifest;
  /** Older ones that were deleted. */
  readonly dropped: readonly string[];
}

export interface BackupWorld {
  readonly clock: Clock;
  readonly random: Random;
}

/** A file of one moment, and a row that says so; a failure leaves its row too. Faults: `config`. */
export async function makeBackup(world: BackupWorld, live: LiveHub, order: BackupOrder): Promise<BackupMade> {
  const { clock } = world;
  prepareFolder(order.to, order.apartFrom);
  const startedMs = clock.monotonic();
  const at = new Date(clock.now());
  const entry = (rest: Pick<BackupEntry, "ok" | "bytes" | "detail">): BackupEntry => {
    return { kind: "backup", at, took_s: (clock.monotonic() - startedMs) / 1000, ...rest };
  };
  try {
    const { file, bytes, manifest } = await write(world, live, order, at);
    const rows = totalRows(manifest);
    const dropped = dropOld(order, at);
    const detail = { file, rows, schema: manifest.schema.at(-1) ?? "", sealed: isSealed(order) };
    const made = entry({ ok: true, bytes, detail });
    await live.log(made);
    return { file, bytes, rows, manifest, dropped, took_s: made.took_s };
  } catch (error) {
    const reason = error instanceof Fault ? error.message : "the backup broke off";
    // Where the database is what failed, the row is lost too: what was thrown first says more.
    await live.log(entry({ ok: false, bytes: null, detail: { error: reason } })).catch(() => undefined);
    throw error;
  }
}

async function write(
  { random }: BackupWorld,
  live: LiveHub,
  order: BackupOrder,
  at: Date,
): Promise<Pick<BackupMade, "file" | "bytes" | "manifest">> {
  const file = backupName(at, random, isSealed(order));
  const { result, manifest } = await live.archive(at, (plain) =>
    writeFile(join(order.to, file), isSealed(order) ? seal(plain, order.recipients, random) : plain),
  );
  return { file, bytes: result, manifest };
}

function isSealed({ recipients }: BackupOrder): boolean {
  return recipients.length > 0;
}

function dropOld({ to, keep }: BackupOrder, at: Date): string[] {
  dropUnfinished(to, at.getTime());
  const old = filesToDrop(backupsIn(to), keep);
  for (const name of old) rmSync(join(to, name));
  return old;
}
