import { appendFileSync, mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "../../src/base/fault.ts";
import { digestFile } from "../../src/base/minisign.ts";
import { releaseName } from "../../src/base/release/note.ts";
import type { SpokeContext } from "../context.ts";
import { readProgress, writeProgress, type Progress } from "./progress.ts";
import { askOffer, askPiece, askSignature, type Offer, type OfferedFile } from "./source.ts";

export type Fetched =
  | { readonly kind: "ready"; readonly version: string; readonly file: string }
  /** Today's budget is used; the next call goes on from there. */
  | { readonly kind: "waiting"; readonly version: string; readonly have: number; readonly bytes: number }
  | { readonly kind: "none" };

/** Small enough to be worth keeping when the link breaks, large enough not to be mostly headers. */
const PIECE_BYTES = 256 * 1024;
/** After so many failures nobody but a person tries this release again. */
export const FAILURES_MAX = 3;
const TRIES_MAX = 3;
const TRY_AGAIN_MS = 2000;

export interface Fetching {
  readonly folder: string;
  readonly installed: string;
  /** Try again what was given up. */
  readonly again: boolean;
}

/**
 * Fetches what the hub offers, in pieces, within the day's budget, going on where it stopped. Tells the hub what failed.
 * Faults: `unavailable`, `timeout`, `digest_mismatch`, `not_found`; `conflict`, when the release was given up.
 */
export async function fetchRelease(context: SpokeContext, fetching: Fetching): Promise<Fetched> {
  const { folder, installed, again } = fetching;
  const before = readProgress(folder);
  const offer = await askOffer(context, toldOf(before));
  const { version } = offer;
  if (version === undefined || version === installed) return { kind: "none" };
  if (before.version === version && before.failures >= FAILURES_MAX && !again) throw givenUp(before);
  if (before.version !== version || again) begin(folder, before, version);
  return fetchFile(context, fetching, version, chosenFile(offer, version, installed));
}

/** Tells the hub at once what was given up, for nobody may ask for a release here for long; it hears again with each question. */
export async function tellFailure(context: SpokeContext, folder: string): Promise<void> {
  const told = toldOf(readProgress(folder));
  if (told === undefined) return;
  try {
    await askOffer(context, told);
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    context.log.warn("upgrade.hub_not_told", { error: error.message });
  }
}

/** A release that the service manager took back while nobody watched is one that failed. */
export function noteTakenBack(folder: string, version: string): void {
  const { version: tried, failures } = readProgress(folder);
  if (tried === version && failures < FAILURES_MAX) noteFailure(folder, "it was rolled back", FAILURES_MAX);
}

/** Notes that this release is no good here: a release that was rolled back is not fetched again. */
export function noteFailure(folder: string, reason: string, failures = 1): void {
  const progress = readProgress(folder);
  writeProgress(folder, { ...progress, failures: progress.failures + failures, reason: reason.slice(0, 120) });
}

function toldOf({ version, failures, reason }: Progress): string | undefined {
  if (failures < FAILURES_MAX) return undefined;
  return `failed; version=${version}; reason=${reason.replaceAll(/[^ -~]/g, "?")}`;
}

function givenUp({ version, failures, reason }: Progress): Fault {
  return new Fault(
    "conflict",
    `release ${version} was given up after ${failures} failures (${reason})`,
    "mend the cause, then fleet-spoke upgrade --again",
  );
}

function begin(folder: string, before: Progress, version: string): void {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  for (const name of readdirSync(folder).filter((each) => each.endsWith(".part"))) rmSync(join(folder, name));
  writeProgress(folder, { ...before, version, failures: 0, reason: "" });
}

/** A patch is a thousandth of the whole, where one was made from what is here. */
function chosenFile({ files }: Offer, version: string, installed: string): OfferedFile {
  const of = { product: "fleet-spoke", version, arch: process.arch };
  const patch = releaseName({ ...of, form: "patch", from: installed });
  const whole = releaseName({ ...of, form: "zst" });
  const found = files.find(({ name }) => name === patch) ?? files.find(({ name }) => name === whole);
  if (found !== undefined) return found;
  throw new Fault("not_found", `the hub has no release ${version} for ${process.arch}`, "ask whoever runs the hub");
}

async function fetchFile(context: SpokeContext, { folder }: Fetching, version: string, file: OfferedFile) {
  const part = join(folder, `${file.name}.part`);
  while (sizeOf(part) < file.bytes) {
    const room = roomToday(context, folder);
    if (room <= 0) return { kind: "waiting", version, have: sizeOf(part), bytes: file.bytes } as const;
    const wanted = Math.min(PIECE_BYTES, room, file.bytes - sizeOf(part));
    const piece = await persistently(context, () => askPiece(context, file, sizeOf(part), wanted));
    // Noted first: a rig that is cut off here has used the link, whether it kept the piece or not.
    spend(context, folder, piece.byteLength);
    appendFileSync(part, piece);
  }
  return { kind: "ready", version, file: await finish(context, folder, file) } as const;
}

/** Tries a piece a few times; what a link breaks off later is gone on with by the next call. */
async function persistently<T>({ clock }: SpokeContext, ask: () => Promise<T>): Promise<T> {
  for (let failures = 1; ; failures++) {
    try {
      return await ask();
    } catch (error) {
      const ofTheLink = error instanceof Fault && (error.code === "unavailable" || error.code === "timeout");
      if (!ofTheLink || failures >= TRIES_MAX) throw error;
      await clock.sleep(failures * TRY_AGAIN_MS);
    }
  }
}

async function finish(context: SpokeContext, folder: string, file: OfferedFile): Promise<string> {
  const part = join(folder, `${file.name}.part`);
  if (digestFile(part).sha256 !== file.sha256) {
    rmSync(part);
    noteFailure(folder, `${file.name} was damaged on the way`);
    throw new Fault("digest_mismatch", `${file.name} was damaged on the way`, "run this again");
  }
  const place = join(folder, file.name);
  writeFileSync(`${place}.minisig`, await persistently(context, () => askSignature(context, file)));
  renameSync(part, place);
  return place;
}

function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0;
}

function today({ clock }: SpokeContext): string {
  return new Date(clock.now()).toISOString().slice(0, "2026-11-25".length);
}

/** Bytes that fetching releases may still take from the link today. */
export function roomToday(context: SpokeContext, folder: string): number {
  const { day, spentBytes } = readProgress(folder);
  return context.settings.upgrade_bytes_per_day - (day === today(context) ? spentBytes : 0);
}

function spend(context: SpokeContext, folder: string, bytes: number): void {
  const progress = readProgress(folder);
  const day = today(context);
  const spentBytes = (progress.day === day ? progress.spentBytes : 0) + bytes;
  writeProgress(folder, { ...progress, day, spentBytes });
}
