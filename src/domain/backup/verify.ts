import { Fault } from "../../base/fault.ts";
import { migrate } from "../../db/migrate.ts";
import type { HubContext } from "../context.ts";
import { readArchive } from "./archive.ts";
import { restoreChecks, rowsEqual } from "./checks.ts";
import { loadRows, prepareSchema } from "./load.ts";
import { totalRows, type Manifest } from "./manifest.ts";
import { requireOther, type BackupSource, type Place } from "./restore.ts";

export interface CheckResult {
  readonly name: string;
  readonly ok: boolean;
  /** What was found, or what is wrong. */
  readonly found: string;
}

export interface Scratch extends Place {
  readonly context: HubContext;
  /** For what can be rebuilt. */
  readonly cacheDir: string;
}

export interface Verified {
  readonly ok: boolean;
  readonly checks: readonly CheckResult[];
  readonly manifest: Manifest | undefined;
  readonly took_s: number;
}

/**
 * Whether a hub could go on from this backup: it is restored into the scratch database and used. Stops at the first
 * check that fails. `scratch` is opened only for a file that is whole, and closing it is its caller's.
 */
export async function verifyBackup(
  outer: Pick<HubContext, "clock">,
  source: BackupSource,
  scratch: () => Promise<Scratch>,
  live: Place | undefined,
): Promise<Verified> {
  const startedMs = outer.clock.monotonic();
  const checks: CheckResult[] = [];
  let manifest: Manifest | undefined;
  const step = async (name: string, run: () => Promise<string>): Promise<void> => {
    checks.push({ name, ok: true, found: await run() });
  };
  const all = async (): Promise<void> => {
    await step("file", async () => {
      manifest = await readArchive(await source());
      return `whole, ${totalRows(manifest)} rows of ${manifest.created_at}`;
    });
    if (manifest !== undefined) await used(step, await scratch(), { source, manifest, live });
  };
  const failed = await problemOf(all);
  if (failed !== undefined) checks.push({ name: NAMES[checks.length] ?? "", ok: false, found: failed });
  const took_s = (outer.clock.monotonic() - startedMs) / 1000;
  return { ok: failed === undefined, checks, manifest, took_s };
}

/** As they follow each other: the one after the last that was passed is the one that failed. */
const NAMES = ["file", "restore", "rows and digests", "migrations", "bodies", "library page", "curation dry run"];

async function used(
  step: (name: string, run: () => Promise<string>) => Promise<void>,
  scratch: Scratch,
  { source, manifest, live }: { source: BackupSource; manifest: Manifest; live: Place | undefined },
): Promise<void> {
  const { database, context, cacheDir } = scratch;
  await step("restore", async () => {
    await requireOther(scratch, live);
    await prepareSchema(database, manifest);
    await loadRows(database, await source(), manifest);
    return `into a scratch database (${database.engine})`;
  });
  await step("rows and digests", () => rowsEqual(context, manifest));
  await migrate(database);
  for (const { name, run } of restoreChecks(cacheDir)) await step(name, () => run(context, manifest));
}

/** A refusal is what a check is for. Anything else is an outage, and no word about the backup. */
async function problemOf(run: () => Promise<void>): Promise<string | undefined> {
  try {
    await run();
    return undefined;
  } catch (error) {
    if (error instanceof Fault) return error.sentence;
    throw error;
  }
}
