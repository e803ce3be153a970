import { readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import { hex, sha256 } from "../base/digest.ts";
import { Fault } from "../base/fault.ts";
import { isRecord, parseJson } from "../base/json.ts";
import { VERSION_PATTERN } from "../base/release/note.ts";

/** A file of a release for rigs. */
export interface Download {
  readonly name: string;
  readonly bytes: number;
  /** In hex. */
  readonly sha256: string;
}

export interface Offer {
  /** What the rig should run; null when it should stay as it is. */
  readonly version: string | null;
  readonly files: readonly Download[];
}

const SUMS = "SHA256SUMS";
/** A list or a rollout beyond this is none of ours. */
const TEXT_MAX = 256 * 1024;
const SUM_LINE = /^([0-9a-f]{64}) [ *]([A-Za-z0-9._~-]{1,120})$/;
const FOR_RIGS =
  /^fleet-spoke-(?:\d[0-9A-Za-z.-]*-to-)?(\d+\.\d+\.\d+(?:-[0-9A-Za-z.]+)?)-linux-(?:x64|arm64)\.(?:zst|patch)$/;

/**
 * What a folder of releases holds for a rig. `rollout.json` beside the files, `{"version", "percent", "rigs"}`, says how
 * far a version has come; without it the newest is for every rig. Every hub gives a rig the same answer.
 * Faults: `not_found`, when this hub has no such folder.
 */
export function offerFor(folder: string | undefined, rigId: string): Offer {
  const files = listed(folder);
  const newest = files
    .map(({ name }) => versionOf(name))
    .toSorted(Bun.semver.order)
    .at(-1);
  const version = rolledOut(requireFolder(folder), rigId, newest);
  return { version: version ?? null, files: files.filter(({ name }) => versionOf(name) === version) };
}

/** One of them, a signature, or the list itself. Faults: `not_found`. */
export function findDownload(folder: string | undefined, name: string): Download & { readonly path: string } {
  const place = requireFolder(folder);
  const found = listed(folder).find((file) => file.name === name);
  if (found !== undefined) return { ...found, path: join(place, name) };
  const unlisted = name === SUMS || (name.endsWith(".minisig") && /^[A-Za-z0-9._~-]{1,140}$/.test(name));
  const text = unlisted ? readText(join(place, name)) : undefined;
  if (text === undefined)
    throw new Fault("not_found", `there is no download ${name.slice(0, 100)}`, "GET /dl lists them");
  return { name, bytes: Buffer.byteLength(text), sha256: hex(sha256(text)), path: join(place, name) };
}

function requireFolder(folder: string | undefined): string {
  if (folder !== undefined) return folder;
  throw new Fault("not_found", "this hub has no downloads", "set FLEET_DOWNLOADS_DIR to a folder of releases");
}

function listed(folder: string | undefined): Download[] {
  const place = requireFolder(folder);
  return (readText(join(place, SUMS)) ?? "").split("\n").flatMap((line) => {
    const [, digest = "", name = ""] = SUM_LINE.exec(line) ?? [];
    if (!FOR_RIGS.test(name)) return [];
    const bytes = statSync(join(place, name), { throwIfNoEntry: false })?.size;
    return bytes === undefined ? [] : [{ name, bytes, sha256: digest }];
  });
}

function versionOf(name: string): string {
  return FOR_RIGS.exec(name)?.[1] ?? "";
}

function rolledOut(folder: string, rigId: string, newest: string | undefined): string | undefined {
  const text = readText(join(folder, "rollout.json"));
  if (text === undefined) return newest;
  const plan = parseJson(new TextEncoder().encode(text));
  const { version, percent = 0, rigs = [] } = isRecord(plan) ? plan : {};
  if (typeof version !== "string" || !VERSION_PATTERN.test(version) || typeof percent !== "number") {
    throw new Fault(
      "corrupt",
      "rollout.json names no version and percent",
      'write {"version": "1.2.3", "percent": 10}',
    );
  }
  const named = Array.isArray(rigs) && rigs.includes(rigId);
  return named || shareOf(rigId, version) < percent ? version : undefined;
}

/** 0 to 99: each version meets other rigs first, and more percent never take one back. */
function shareOf(rigId: string, version: string): number {
  return new DataView(sha256(`${version}\n${rigId}`).buffer).getUint32(0) % 100;
}

function readText(path: string): string | undefined {
  const size = statSync(path, { throwIfNoEntry: false })?.size;
  return size === undefined || size > TEXT_MAX ? undefined : readFileSync(path, "utf8");
}
