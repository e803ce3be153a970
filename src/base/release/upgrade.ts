import { existsSync } from "node:fs";
import { Fault } from "../fault.ts";
import {
  keepMarkerAsTakenBack,
  keepRelease,
  linkedVersion,
  pointAt,
  readMarker,
  releasePath,
  removeMarker,
  writeMarker,
  type ReleaseFolder,
} from "./folder.ts";
import { lockReleases } from "./lock.ts";
import type { ReleaseNote } from "./note.ts";

/** All that an upgrade does to the world beside the folder of releases. */
export interface UpgradePorts {
  /** Writes the executable into the folder that is begun for it, checked against the note; returns its path. */
  readonly unpack: (note: ReleaseNote) => Promise<string>;
  /** `check`, `migrate --plan`: named and in order. A rejection ends the upgrade before anything changed. */
  readonly trials: readonly { readonly name: string; readonly run: (executable: string) => Promise<void> }[];
  /** Keeps the units beside the release that leaves, then brings those of the one that starts. */
  readonly units: (move: Move) => Promise<void>;
  readonly restart: () => Promise<void>;
  /** Why the running release is no good; undefined when it proved itself. */
  readonly watch: (version: string) => Promise<string | undefined>;
  /** Told before each step. */
  readonly step: (name: string) => void;
}

export type UpgradeEnd =
  | { readonly kind: "upgraded" | "unchanged"; readonly version: string }
  | { readonly kind: "rolled_back"; readonly version: string; readonly reason: string };

/**
 * Puts a release in the place of the running one, and takes it back when it does not prove itself. Killed at any step,
 * the old release is what starts, or the marker stands and `rollBack` brings it back. Faults: `conflict`, `config`, and
 * whatever a trial found: the old release was not touched then.
 */
export async function upgrade(folder: ReleaseFolder, note: ReleaseNote, ports: UpgradePorts): Promise<UpgradeEnd> {
  const unlock = lockReleases(folder.root);
  try {
    const from = installed(folder);
    if (from === note.version) return { kind: "unchanged", version: from };
    await stage(folder, note, ports);
    return await replace(folder, { from, to: note.version }, ports);
  } finally {
    unlock();
  }
}

function installed(folder: ReleaseFolder): string {
  if (readMarker(folder) !== undefined) {
    throw new Fault("conflict", "an upgrade before this one was cut off", `run ${folder.product} upgrade --rollback`);
  }
  const version = linkedVersion(folder, "current");
  if (version !== undefined) return version;
  throw new Fault("config", `${folder.root} holds no release`, "install the package, or name the folder with --root");
}

async function stage(folder: ReleaseFolder, note: ReleaseNote, ports: UpgradePorts): Promise<void> {
  ports.step("unpack");
  const executable = await ports.unpack(note);
  for (const { name, run } of ports.trials) {
    ports.step(name);
    await run(executable);
  }
  ports.step("stage");
  keepRelease(folder, note.version);
}

async function replace(folder: ReleaseFolder, { from, to }: Move, ports: UpgradePorts): Promise<UpgradeEnd> {
  ports.step("mark");
  writeMarker(folder, { from, to });
  const reason = await switchOver(folder, { from, to }, ports);
  if (reason === undefined) {
    ports.step("keep");
    removeMarker(folder);
    return { kind: "upgraded", version: to };
  }
  // Where the service's own end brought the old release back already, there is nothing left to take back.
  await rollBack(folder, ports, "pending");
  return { kind: "rolled_back", version: from, reason };
}

export interface Move {
  readonly from: string;
  readonly to: string;
  /** It brings its own units, where one that stood here before has them kept beside it. */
  readonly isNew?: boolean;
}

async function switchOver(folder: ReleaseFolder, { from, to }: Move, ports: UpgradePorts): Promise<string | undefined> {
  try {
    ports.step("switch");
    pointAt(folder, "previous", from);
    pointAt(folder, "current", to);
    await ports.units({ from, to, isNew: true });
    ports.step("restart");
    await ports.restart();
    ports.step("watch");
    return await ports.watch(to);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/**
 * Brings the release before back. `pending`: only where an upgrade has not proved itself; returns undefined where there
 * is none. Can be repeated. Faults: `not_found`, when there is no release to go back to.
 */
export async function rollBack(
  folder: ReleaseFolder,
  ports: Pick<UpgradePorts, "units" | "restart" | "step">,
  when: "pending" | "asked",
): Promise<Move | undefined> {
  const marker = readMarker(folder);
  if (marker === undefined && when === "pending") return undefined;
  const back = marker?.from ?? linkedVersion(folder, "previous");
  const away = linkedVersion(folder, "current") ?? "none";
  const nowhere = back === undefined || (marker === undefined && back === away);
  if (nowhere || !existsSync(releasePath(folder, back))) {
    throw new Fault("not_found", "there is no release to go back to", "install one by its package");
  }
  ports.step("roll back");
  pointAt(folder, "current", back);
  if (marker === undefined) pointAt(folder, "previous", away);
  await ports.units({ from: away, to: back });
  ports.step("restart");
  await ports.restart();
  if (marker !== undefined) keepMarkerAsTakenBack(folder);
  return { from: away, to: back };
}
