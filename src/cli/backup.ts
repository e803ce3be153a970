import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { Fault } from "../base/fault.ts";
import { newSealKeys, readPublicKeys } from "../base/seal.ts";
import type { Call, Verb } from "../base/verbs.ts";
import { serverFolder } from "../db/backup/place.ts";
import { readBackup } from "../domain/backup/files.ts";
import { makeBackup, type BackupMade } from "../domain/backup/make.ts";
import { restoreInto } from "../domain/backup/restore.ts";
import { KEEP_DEFAULT, KEPT_LEAST, readKeepPolicy } from "../domain/backup/retention.ts";
import type { HubSettings } from "../domain/settings.ts";
import { databaseFlags, hubSettings, type Cli } from "./environment.ts";
import { targetUrl, withLive, withTarget, type OpenLive } from "./places.ts";

export const backupVerb: Verb<Cli> = {
  name: "backup",
  summary: "write everything the hub knows into one file, of one moment; or move it to another database",
  details: [
    "The file holds rows, not pages: any PostgreSQL and the embedded database can take it up. The embedded database of",
    "a running hub is read through that hub, which waits meanwhile. Prove it: fleet-hub restore DIR --verify.",
  ].join("\n"),
  flags: [
    { name: "to", value: "DIR", doc: "the folder of the backups" },
    {
      name: "keep",
      value: "POLICY",
      doc: `days, weeks, months that keep one (${KEEP_DEFAULT}); never under ${KEPT_LEAST}`,
    },
    { name: "encrypt-to", value: "FILE", doc: "public keys, one a line: see fleet-hub backup key" },
    { name: "same-disk", doc: "the folder may be on the database's own disk" },
    { name: "from", value: "embedded", doc: "take the embedded database of the data directory", choices: ["embedded"] },
    { name: "into", value: "URL", doc: "no file: fill this empty database (or folder) instead" },
    { name: "dry-run", doc: "only say what would be done" },
    { name: "json", doc: "print JSON" },
    ...databaseFlags,
  ],
  examples: [
    "fleet-hub backup --to /mnt/backup/fleet-hub",
    "fleet-hub backup --to /mnt/backup/fleet-hub --keep 14d,8w,12m --encrypt-to /etc/fleet-hub/backup.pub",
    "fleet-hub backup --from embedded --into postgres:///fleet_hub?host=/run/postgresql",
  ],
  run: async (call, cli) => {
    const settings = sourceSettings(call, cli);
    const into = text(call, "into");
    return into === undefined ? toFolder(call, cli, settings) : toDatabase(call, cli, settings, into);
  },
};

export const backupKeyVerb: Verb<Cli> = {
  name: "backup key",
  summary: "make a key pair for sealed backups",
  details:
    "The public key seals and may lie anywhere; the secret key opens, and who loses it has lost every backup sealed for it. Keep it off the hub's machine, and on paper too.",
  flags: [{ name: "out", value: "FILE", doc: "where the secret key goes; must not be there yet" }],
  examples: ["fleet-hub backup key --out backup.secret > backup.pub"],
  run: async (call, cli) => {
    const out = text(call, "out");
    if (out === undefined) throw new Fault("usage", "--out is missing", "write --out FILE");
    const { publicKey, secretKey } = newSealKeys();
    writeSecret(out, `# secret key of Fleet Hub backups; public key: ${publicKey}\n${secretKey}\n`);
    cli.print(publicKey);
    return 0;
  },
};

function writeSecret(path: string, content: string): void {
  try {
    writeFileSync(path, content, { mode: 0o600, flag: "wx", flush: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "EEXIST") throw error;
    throw new Fault("usage", `${path} is there already`, "name another file: a secret key is never written over");
  }
}

/** `--from embedded` names the data directory, whatever the settings say of a server. */
function sourceSettings(call: Call, cli: Cli): HubSettings {
  const settings = hubSettings(call, cli);
  return call.flags["from"] === undefined ? settings : { ...settings, database_url: undefined };
}

async function toFolder(call: Call, cli: Cli, settings: HubSettings): Promise<number> {
  const folder = text(call, "to");
  if (folder === undefined) throw new Fault("usage", "--to is missing", "name the folder of the backups: --to DIR");
  const to = resolve(cli.cwd, folder);
  const keep = readKeepPolicy(text(call, "keep") ?? KEEP_DEFAULT);
  const sealFor = text(call, "encrypt_to");
  const recipients = sealFor === undefined ? [] : readPublicKeys(readFileSync(sealFor, "utf8"), sealFor);
  if (call.flags["dry_run"] === true) {
    cli.print(`would write a ${recipients.length > 0 ? "sealed" : "readable"} backup of ${source(settings)} to ${to}`);
    return 0;
  }
  const made = await withLive(settings, cli, async (live) => {
    if (live === undefined) throw nothingThere(settings);
    const apartFrom = call.flags["same_disk"] === true ? undefined : await databaseFolder(settings, live);
    return makeBackup(cli, live.hub, { to, keep, recipients, apartFrom });
  });
  cli.print(call.flags["json"] === true ? JSON.stringify({ ...made, to }) : madeLine(made, to));
  return 0;
}

async function databaseFolder(settings: HubSettings, { hub, place }: OpenLive): Promise<string | undefined> {
  return hub.engine === "embedded" || place === undefined ? settings.data_dir : serverFolder(place.database.sql);
}

function madeLine({ file, bytes, rows, took_s, dropped }: BackupMade, to: string): string {
  const old = dropped.length === 0 ? "" : `\ndeleted, as the policy says: ${dropped.join(", ")}`;
  return `${join(to, file)}: ${(bytes / 1e6).toFixed(1)} MB, ${rows} rows, ${took_s.toFixed(1)} s${old}`;
}

/** The file lives as long as the move: the way by a file is the one that is proven. */
async function toDatabase(call: Call, cli: Cli, settings: HubSettings, into: string): Promise<number> {
  targetUrl(into);
  if (call.flags["dry_run"] === true) {
    cli.print(`would copy ${source(settings)} into ${into}, which must be empty`);
    return 0;
  }
  const folder = mkdtempSync(join(tmpdir(), "fleet-move-"));
  try {
    const order = { to: folder, keep: readKeepPolicy("1d"), recipients: [], apartFrom: undefined };
    const { made, restored } = await withLive(settings, cli, async (live) => {
      if (live === undefined) throw nothingThere(settings);
      const copy = await makeBackup(cli, live.hub, order);
      const target = await withTarget(settings, cli, into, (place) =>
        restoreInto(() => readBackup(join(folder, copy.file), undefined), place, live.place),
      );
      return { made: copy, restored: target };
    });
    const report = { rows: made.rows, took_s: made.took_s, epoch: restored.epoch };
    cli.print(
      call.flags["json"] === true
        ? JSON.stringify(report)
        : `${made.rows} rows are in the new database; start the hub there, and never again on the old one`,
    );
    return 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function source({ database_url, data_dir }: HubSettings): string {
  return database_url === undefined ? `the embedded database in ${data_dir}` : "the database of the settings";
}

function nothingThere({ data_dir }: HubSettings): Fault {
  return new Fault(
    "not_found",
    `there is no database in ${data_dir}`,
    "name the live one: --data-dir or --database-url",
  );
}

export function text(call: Call, key: string): string | undefined {
  const value = call.flags[key];
  return typeof value === "string" ? value : undefined;
}
