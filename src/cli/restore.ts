import { existsSync, readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { Fault } from "../base/fault.ts";
import { readSecretKey } from "../base/seal.ts";
import type { Call, Verb } from "../base/verbs.ts";
import { backupFile, fileSize, readBackup } from "../domain/backup/files.ts";
import { restoreInto, type BackupSource, type Restored } from "../domain/backup/restore.ts";
import { verifyBackup, type Verified } from "../domain/backup/verify.ts";
import type { HubSettings } from "../domain/settings.ts";
import { text } from "./backup.ts";
import { databaseFlags, hubSettings, type Cli } from "./environment.ts";
import { withLive, withScratch, targetUrl, withTarget, type OpenLive, type ScratchKind } from "./places.ts";

export const restoreVerb: Verb<Cli> = {
  name: "restore",
  summary: "prove a backup in a database of its own, or fill an empty one from it",
  details: [
    "--verify restores into a scratch database, compares every row, uses what came out, drops it, and leaves a row in",
    "the live database that says so. --into fills an empty database, or a folder for the embedded one; the hub's rigs",
    "then offer again what came after the backup. Nothing is ever restored over a live database.",
  ].join("\n"),
  arguments: [{ name: "FILE", doc: "a backup, or a folder: its newest" }],
  flags: [
    { name: "verify", doc: "prove it" },
    { name: "into", value: "TARGET", doc: "postgres://… or a folder, empty" },
    { name: "identity", value: "FILE", doc: "the secret key of a sealed backup" },
    {
      name: "scratch",
      value: "ENGINE",
      doc: "where to prove it (server when it can)",
      choices: ["server", "embedded"],
    },
    { name: "no-record", doc: "leave no row in the live database" },
    { name: "dry-run", doc: "only say what would be done" },
    { name: "json", doc: "print JSON" },
    ...databaseFlags,
  ],
  examples: [
    "fleet-hub restore /mnt/backup/fleet-hub --verify",
    "fleet-hub restore /mnt/backup/fleet-hub --into postgres:///fleet_new?host=/run/postgresql",
    "fleet-hub restore backup.tar.sealed --identity backup.secret --into /var/lib/fleet-hub",
  ],
  run: async (call, cli) => {
    const file = backupFile(call.args[0] ?? "");
    const into = text(call, "into");
    if ((into === undefined) === (call.flags["verify"] !== true)) {
      throw new Fault("usage", "restore wants either --verify or --into TARGET", "see fleet-hub help restore");
    }
    const identity = text(call, "identity");
    const secret = identity === undefined ? undefined : readSecretKey(readFileSync(identity, "utf8"), identity);
    const source: BackupSource = () => readBackup(file, secret);
    if (call.flags["dry_run"] === true) {
      cli.print(`would ${into === undefined ? "prove" : `fill ${into} from`} ${file}`);
      return 0;
    }
    return into === undefined ? verify(call, cli, file, source) : fill(call, cli, into, source);
  },
};

async function verify(call: Call, cli: Cli, file: string, source: BackupSource): Promise<number> {
  const settings = hubSettings(call, cli);
  const kind = text(call, "scratch") as ScratchKind | undefined;
  return withLive(settings, cli, async (live) => {
    const at = new Date(cli.clock.now());
    const proof = await withScratch(settings, cli, kind, (scratch) => verifyBackup(cli, source, scratch, live?.place));
    const recorded = call.flags["no_record"] !== true && (await record(live, { at, file, proof }));
    print(call, cli, { file, proof, recorded });
    return proof.ok ? 0 : 1;
  });
}

interface Proof {
  readonly at: Date;
  readonly file: string;
  readonly proof: Verified;
}

/** False when there is no live database here to tell. */
async function record(live: OpenLive | undefined, { at, file, proof }: Proof): Promise<boolean> {
  if (live === undefined) return false;
  const { ok, took_s, checks, manifest } = proof;
  const failed = checks.find((check) => !check.ok);
  const detail = {
    file: basename(file),
    checks: checks.length,
    taken_at: manifest?.created_at ?? null,
    ...(failed === undefined ? {} : { failed: failed.name, error: failed.found }),
  };
  await live.hub.log({ kind: "restore", at, ok, bytes: fileSize(file), took_s, detail });
  return true;
}

function print(call: Call, cli: Cli, told: { file: string; proof: Verified; recorded: boolean }): void {
  const { file, proof, recorded } = told;
  if (call.flags["json"] === true) {
    const { ok, checks, took_s } = proof;
    cli.print(JSON.stringify({ file, ok, took_s, recorded, checks }));
    return;
  }
  cli.print(file);
  for (const { name, ok, found } of proof.checks) cli.print(`${name.padEnd(18)} ${ok ? "ok  " : "FAIL"}  ${found}`);
  const verdict = proof.ok ? "proven" : "NOT proven";
  cli.print(`${verdict} in ${proof.took_s.toFixed(1)} s${recorded ? ", and recorded" : ", not recorded"}`);
}

/** The folder that this hub will have, once something is in it. Faults: `conflict` when something is. */
function isNewOwnFolder({ database_url, data_dir }: HubSettings, into: string): boolean {
  if (database_url !== undefined || targetUrl(into) !== undefined || resolve(into) !== resolve(data_dir)) return false;
  if (!existsSync(join(into, "postgres"))) return true;
  throw new Fault("conflict", "the target is the live database", "name another one: nothing is restored over it");
}

async function fill(call: Call, cli: Cli, into: string, source: BackupSource): Promise<number> {
  const settings = hubSettings(call, cli);
  const restore = (live: OpenLive | undefined): Promise<Restored> =>
    withTarget(settings, cli, into, (target) => restoreInto(source, target, live?.place));
  const { manifest, epoch } = isNewOwnFolder(settings, into)
    ? await restore(undefined)
    : await withLive(settings, cli, restore);
  const json = { into, taken_at: manifest.created_at, schema: manifest.schema, epoch };
  cli.print(
    call.flags["json"] === true
      ? JSON.stringify(json)
      : `${into} holds the hub of ${manifest.created_at}; start it there, and rigs offer again what came later`,
  );
  return 0;
}
