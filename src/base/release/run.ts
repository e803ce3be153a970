import { chmodSync } from "node:fs";
import type { Clock } from "../clock.ts";
import { Fault } from "../fault.ts";
import { ownCommand, requireCommand } from "./command.ts";
import type { UpgradeFlags } from "./flags.ts";
import { beginRelease, linkedVersion, releasePath, type ReleaseFolder } from "./folder.ts";
import type { ReleaseNote } from "./note.ts";
import { checkExecutable, openRelease } from "./open.ts";
import { rollBack, upgrade, type UpgradeEnd, type UpgradePorts } from "./upgrade.ts";
import { keepUnits, restoreUnits } from "./units.ts";
import { watchRelease, type Look } from "./watch.ts";

/** One program's upgrade, on the machine it runs on. */
export interface UpgradeSetup {
  readonly product: string;
  readonly flags: UpgradeFlags;
  /** Words behind the new executable that must end with 0 before anything changes. */
  readonly trials: readonly { readonly name: string; readonly words: readonly string[] }[];
  /** What must be done before, with the release that is still there: a backup. */
  readonly before: readonly { readonly name: string; readonly run: () => Promise<void> }[];
  readonly look: () => Promise<Look>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly clock: Clock;
  readonly print: (line: string) => void;
}

const TRIAL_DEADLINE_MS = 120_000;
const UNPACK_DEADLINE_MS = 300_000;
const RESTART_DEADLINE_MS = 180_000;

/** Runs the verb; returns its exit code. Faults: as `openRelease`, `upgrade` and `rollBack`. */
export async function runUpgrade(setup: UpgradeSetup, file: string | undefined): Promise<number> {
  const { flags, product } = setup;
  const folder: ReleaseFolder = { root: flags.root, product };
  const ports = upgradePorts(setup, folder, file ?? "");
  if (flags.rollback !== undefined) return goBack(setup, folder, ports);
  if (file === undefined) throw new Fault("usage", "say which release to install", "name its FILE, or --rollback");
  const expected = { product, arch: process.arch, installed: linkedVersion(folder, "current") };
  const note = openRelease(file, flags.keyFile, expected);
  if (flags.dryRun) return foretell(setup, folder, note);
  return told(setup, await upgrade(folder, note, ports));
}

async function goBack(setup: UpgradeSetup, folder: ReleaseFolder, ports: UpgradePorts): Promise<number> {
  const { flags, print } = setup;
  if (flags.dryRun) {
    print(`would go back to ${linkedVersion(folder, "previous") ?? "nothing: there is no release before"}`);
    return 0;
  }
  const moved = await rollBack(folder, ports, flags.rollback ?? "asked");
  if (moved === undefined) print("unchanged: no upgrade is pending");
  else
    print(flags.json ? JSON.stringify({ kind: "rolled_back", ...moved }) : `${moved.to} is back, ${moved.from} is off`);
  return 0;
}

function told({ flags, print, product }: UpgradeSetup, end: UpgradeEnd): number {
  if (flags.json) print(JSON.stringify(end));
  else if (end.kind === "rolled_back") print(`rolled back to ${product} ${end.version}: ${end.reason}`);
  else print(end.kind === "unchanged" ? `unchanged: ${end.version} is installed` : `${product} ${end.version} runs`);
  return end.kind === "rolled_back" ? 1 : 0;
}

function foretell(setup: UpgradeSetup, folder: ReleaseFolder, note: ReleaseNote): number {
  const { print, trials, before, flags } = setup;
  const executable = releasePath(folder, note.version);
  print(`signature good: ${note.product} ${note.version} for ${note.arch}, ${note.bytes} bytes`);
  print(`would write ${executable}`);
  for (const { name, words } of trials) print(`would run ${name}: ${[executable, ...words].join(" ")}`);
  for (const { name } of before) print(`would run ${name}`);
  print(`would point ${flags.root}/current at releases/${note.version}`);
  print(`would run ${executable} units ${flags.unitDir}`);
  print(`would run ${restartCommands(setup).at(-1)?.join(" ")}, then watch it for ${flags.watchMs / 1000} s`);
  return 0;
}

function upgradePorts(setup: UpgradeSetup, folder: ReleaseFolder, file: string): UpgradePorts {
  const { flags, environment, clock, print } = setup;
  const run = async (words: readonly string[], deadlineMs: number): Promise<void> => {
    await requireCommand(words, { environment, deadlineMs });
  };
  const trials = setup.trials.map(({ name, words }) => ({
    name,
    run: (executable: string) => run([executable, ...words], TRIAL_DEADLINE_MS),
  }));
  return {
    unpack: (note) => unpackInChild(folder, note, file, (words) => run(words, UNPACK_DEADLINE_MS)),
    trials: [...trials, ...setup.before],
    units: async ({ from, to, isNew = false }) => {
      if (from !== to) keepUnits(folder, from, flags.unitDir);
      if (isNew) await run([releasePath(folder, to), "units", flags.unitDir], TRIAL_DEADLINE_MS);
      else restoreUnits(folder, to, flags.unitDir);
      if (flags.unitsWith !== undefined) await run([flags.unitsWith, releasePath(folder, to)], TRIAL_DEADLINE_MS);
    },
    restart: async () => {
      for (const words of restartCommands(setup)) await run(words, RESTART_DEADLINE_MS);
    },
    watch: (version) => watchRelease(setup.look, { version, ...flags }, clock),
    step: (name) => {
      if (!flags.json) print(`${name} …`);
    },
  };
}

/** A release that failed too often is not started again before its failures are forgotten. */
function restartCommands({ flags, product }: UpgradeSetup): readonly (readonly string[])[] {
  if (flags.restartWith !== undefined) return [[flags.restartWith]];
  return [
    ["systemctl", "daemon-reload"],
    ["systemctl", "reset-failed", `${product}.service`],
    ["systemctl", "restart", `${product}.service`],
  ];
}

async function unpackInChild(
  folder: ReleaseFolder,
  note: ReleaseNote,
  file: string,
  run: (words: readonly string[]) => Promise<void>,
): Promise<string> {
  const out = beginRelease(folder, note.version);
  const from = note.from === undefined ? [] : ["--from", releasePath(folder, note.from)];
  const sizes = ["--form", note.form, "--bytes", `${note.bytes}`];
  await run([...ownCommand(), "unpack", file, "--out", out, ...sizes, ...from]);
  checkExecutable(out, note);
  chmodSync(out, 0o755);
  return out;
}
