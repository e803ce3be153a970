import { closeSync, existsSync, fsyncSync, openSync, readFileSync, statSync, writeSync } from "node:fs";
import {
  FRAME_BYTES,
  HEADER_BYTES,
  isCommit,
  isHeaderSound,
  isOwn,
  isSoundFrame,
  readLog,
  resum,
} from "./log-frames.ts";
import type { Log } from "./log-frames.ts";
import { MIB } from "../../src/base/limits.ts";

/** What is wrong with a log; a frame is a page as some commit left it. */
export interface LogDamage {
  /** Damaged after they were on disk: SQLite would forget them and all that follow. */
  readonly frames: number;
  /** Of the last commit, when it is damaged: it may as well be one that power cut off. */
  readonly cutFrames: number;
}

/** A log is emptied at 1 MB; one of this size is none that we wrote. */
const LOG_MAX_BYTES = 64 * MIB;

/**
 * SQLite reads a log up to the first frame whose checksum is wrong and forgets the rest without a word, because that is
 * how a power cut leaves it. But each of our commits is on disk before the next one begins: a wrong frame with another
 * commit behind it was damaged later, and what follows it is whole. Undefined when there is nothing of either kind.
 */
export function logDamage(path: string): LogDamage | undefined {
  const log = openLog(path);
  const damage = log === undefined ? undefined : damageOf(log);
  return damage === undefined ? undefined : { frames: damage.frames, cutFrames: damage.cutFrames };
}

/**
 * Makes the checksums right again, so that SQLite reads on: whether a row is what was written is for its seal to say.
 * Nobody may have the queue open.
 */
export function mendLog(path: string): void {
  const log = openLog(path);
  const damage = log === undefined ? undefined : damageOf(log);
  if (log === undefined || damage === undefined || damage.frames === 0) return;
  resum(log, damage.end);
  const fd = openSync(path, "r+");
  writeSync(fd, log.bytes, 0, HEADER_BYTES + damage.end * (FRAME_BYTES + log.pageBytes), 0);
  fsyncSync(fd);
  closeSync(fd);
}

function openLog(path: string): Log | undefined {
  if (!existsSync(path) || statSync(path).size > LOG_MAX_BYTES) return undefined;
  return readLog(readFileSync(path));
}

/** With the first frame that is not to be read. */
function damageOf(log: Log): (LogDamage & { readonly end: number }) | undefined {
  const frames = Array.from({ length: log.frames }, (_, at) => at);
  const own = frames.slice(0, frames.findLastIndex((at) => isOwn(log, at)) + 1);
  const commits = own.filter((at) => isCommit(log, at));
  const last = commits.at(-1) ?? -1;
  const lastBegins = (commits.at(-2) ?? -1) + 1;
  const bad = own.filter((at) => at <= last && !isSoundFrame(log, at));
  const cut = bad.some((at) => at >= lastBegins);
  const end = cut ? lastBegins : last + 1;
  const header = isHeaderSound(log) || end === 0 ? 0 : 1;
  const damaged = bad.filter((at) => at < end).length + header;
  return damaged === 0 && !cut ? undefined : { frames: damaged, cutFrames: cut ? last + 1 - lastBegins : 0, end };
}
