import {
  closeSync,
  existsSync,
  fsyncSync,
  mkdirSync,
  openSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

/** Releases side by side under one root; `current` is the one that starts, `previous` the one before it. */
export interface ReleaseFolder {
  readonly root: string;
  /** The executable's name in each release. */
  readonly product: string;
}

/** Left while a release has yet to prove itself. Whoever finds it takes the release back. */
export interface Marker {
  readonly from: string;
  readonly to: string;
}

type Link = "current" | "previous";

const KEPT = 3;
/** Its first line is all that the rollback needs that the service manager runs, in shell, with no release at hand. */
const MARKER = "upgrading";
/** What the marker becomes when a release was taken back; the shell's rollback does the same. */
const TAKEN_BACK = "rolled-back";

export function releasePath({ root, product }: ReleaseFolder, version: string): string {
  return join(root, "releases", version, product);
}

/** The version that a link names; undefined when nothing was installed this way. */
export function linkedVersion({ root }: ReleaseFolder, link: Link): string | undefined {
  try {
    return basename(readlinkSync(join(root, link)));
  } catch (error) {
    if (["ENOENT", "EINVAL"].includes(String((error as NodeJS.ErrnoException).code))) return undefined;
    throw error;
  }
}

/** The link names the old release or the new one, whenever the machine stops. */
export function pointAt({ root }: ReleaseFolder, link: Link, version: string): void {
  const beside = join(root, `${link}.new`);
  rmSync(beside, { force: true });
  symlinkSync(join("releases", version), beside);
  renameSync(beside, join(root, link));
  syncPath(root);
}

/** Makes the folder for a release that is still being written, without what an attempt before left in it. */
export function beginRelease({ root, product }: ReleaseFolder, version: string): string {
  const folder = join(root, "releases", `${version}.new`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  return join(folder, product);
}

/** Puts what `beginRelease` began in its place, whole and on disk, and drops the oldest ones. */
export function keepRelease(folder: ReleaseFolder, version: string): string {
  const place = join(folder.root, "releases", version);
  syncPath(join(`${place}.new`, folder.product));
  syncPath(`${place}.new`);
  rmSync(place, { recursive: true, force: true });
  renameSync(`${place}.new`, place);
  syncPath(join(folder.root, "releases"));
  dropOldest(folder, version);
  return join(place, folder.product);
}

function dropOldest(folder: ReleaseFolder, newest: string): void {
  const kept = new Set([newest, linkedVersion(folder, "current"), linkedVersion(folder, "previous")]);
  const versions = readdirSync(join(folder.root, "releases")).filter((name) => !name.endsWith(".new"));
  const oldest = versions.filter((name) => !kept.has(name)).toSorted(Bun.semver.order);
  for (const version of oldest.slice(0, Math.max(0, versions.length - KEPT))) {
    rmSync(join(folder.root, "releases", version), { recursive: true, force: true });
  }
}

export function readMarker({ root }: ReleaseFolder): Marker | undefined {
  return markerAt(join(root, MARKER));
}

function markerAt(path: string): Marker | undefined {
  if (!existsSync(path)) return undefined;
  const [from = "", to = ""] = readFileSync(path, "utf8").split("\n");
  return { from, to };
}

export function writeMarker({ root }: ReleaseFolder, marker: Marker): void {
  writeWhole(join(root, MARKER), `${marker.from}\n${marker.to}\n`);
}

export function removeMarker({ root }: ReleaseFolder): void {
  rmSync(join(root, MARKER), { force: true });
  syncPath(root);
}

/** The release was taken back: that stays to be seen until another one is put in place. */
export function keepMarkerAsTakenBack({ root }: ReleaseFolder): void {
  renameSync(join(root, MARKER), join(root, TAKEN_BACK));
  syncPath(root);
}

/** The move that was taken back last; undefined when there was none, or when it was forgotten since. */
export function takenBack({ root }: ReleaseFolder): Marker | undefined {
  return markerAt(join(root, TAKEN_BACK));
}

/** A person wants the release to be tried again. */
export function forgetTakenBack({ root }: ReleaseFolder): void {
  rmSync(join(root, TAKEN_BACK), { force: true });
}

export const UPGRADE_STATES = ["settled", "upgrading", "rolled_back"] as const;
export type UpgradeState = (typeof UPGRADE_STATES)[number];

/** Undefined where nothing was installed this way. Never throws: whoever asks only shows it. */
export function upgradeState(folder: ReleaseFolder): UpgradeState | undefined {
  try {
    const current = linkedVersion(folder, "current");
    if (current === undefined) return undefined;
    if (existsSync(join(folder.root, MARKER))) return "upgrading";
    return takenBack(folder)?.from === current ? "rolled_back" : "settled";
  } catch {
    return undefined;
  }
}

/** The file has its old content or the new one, whenever the machine stops. */
export function writeWhole(path: string, text: string): void {
  const file = openSync(`${path}.new`, "w", 0o644);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
  syncPath(dirname(path));
}

function syncPath(path: string): void {
  const handle = openSync(path, "r");
  try {
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
}
