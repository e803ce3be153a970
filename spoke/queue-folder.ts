import { readdir, unlink } from "node:fs/promises";
import { join } from "node:path";
import { assert } from "../src/base/assert.ts";
import { Fault, type FaultCode } from "../src/base/fault.ts";
import { EVENT_JSON_MAX } from "../src/base/limits.ts";
import type { SpokeContext } from "./context.ts";
import { isSame, readWhole, stateOf, type FileState } from "./folder-file.ts";
import type { Queue } from "./queue/queue.ts";

export interface FolderSummary {
  /** Now in the queue, their files gone. */
  readonly taken: number;
  /** Were in the queue, their files gone now. */
  readonly known: number;
  /** Not ours to take: they stay where they are, with the reason in the queue's file. */
  readonly refused: number;
  /** Not whole yet; looked at again. */
  readonly unfinished: number;
  /** Left for a later look, as the queue is full of events worth as much. */
  readonly no_room: number;
}

export interface FolderIntake {
  /** Throws when the folder cannot be read. */
  scanOnce(): Promise<FolderSummary>;
  /** Until the signal; logs when the folder goes and when it is back. */
  run(signal: AbortSignal): Promise<void>;
}

export const SCAN_EVERY_MS = 5_000;
/** Files that share one commit: four to seven times the rate of one by one, and 100 MB of memory at the very most. */
export const FILES_A_COMMIT = 10;
/** A file that is half for so long was torn by a power cut: it stays, and the log names it. */
export const TORN_AFTER_MS = 60_000;
export const NO_ROOM_RETRY_MS = 60_000;

/**
 * Takes up the rig software's own upload queue. The folder belongs to that software: a file goes only once its event
 * is on our disk, and what we cannot take (a Low event, another rig's, not an event) stays untouched, is remembered
 * by name, time and size, and is looked at again only when one of these changes. Moving it would hide it from who put
 * it there.
 */
export function createFolderIntake(context: SpokeContext, queue: Queue): FolderIntake {
  const { queue_dir: folder } = context.settings;
  assert(folder !== undefined, "who looks into the folder has one");
  const waiting = new Map<string, Waiting>();
  const scanOnce = (): Promise<FolderSummary> => scan({ context, queue, folder, waiting });
  return {
    scanOnce,
    async run(signal) {
      const report = createReport(context, folder);
      while (!signal.aborted) {
        await report.around(scanOnce);
        await context.clock.sleep(SCAN_EVERY_MS, signal);
      }
    },
  };
}

interface Intake {
  readonly context: SpokeContext;
  readonly queue: Queue;
  readonly folder: string;
  readonly waiting: Map<string, Waiting>;
}

/** A file that was left for a later look. */
interface Waiting {
  readonly why: "unfinished" | "no_room";
  readonly file: FileState;
  /** Monotonic ms of the look that left it. */
  readonly since: number;
  readonly reported: boolean;
}

type Counts = { -readonly [K in keyof FolderSummary]: number };

async function scan(intake: Intake): Promise<FolderSummary> {
  const counts: Counts = { taken: 0, known: 0, refused: 0, unfinished: 0, no_room: 0 };
  const names = (await readdir(intake.folder)).filter((name) => name.endsWith(".json")).toSorted();
  const refused = forgetGone(intake, new Set(names));
  const fresh: FileState[] = [];
  for (const name of names) {
    const file = await stateOf(intake.folder, name);
    if (file === undefined) continue;
    if (isSame(refused.get(name), file)) counts.refused++;
    else if (!staysForNow(intake, file, counts)) fresh.push(file);
  }
  for (let at = 0; at < fresh.length; at += FILES_A_COMMIT) {
    await takeUp(intake, fresh.slice(at, at + FILES_A_COMMIT), counts);
  }
  return counts;
}

/** Half a file is read again when it has changed; one that found no room, after a while. */
function staysForNow({ context, waiting }: Intake, file: FileState, counts: Counts): boolean {
  const known = waiting.get(file.name);
  if (known === undefined || !isSame(known.file, file)) return false;
  const waitedMs = context.clock.monotonic() - known.since;
  if (known.why === "no_room" && waitedMs >= NO_ROOM_RETRY_MS) return false;
  if (known.why === "unfinished" && waitedMs >= TORN_AFTER_MS && !known.reported) {
    waiting.set(file.name, { ...known, reported: true });
    context.log.warn("queue_folder.torn", { file: file.name, size: file.size });
  }
  counts[known.why]++;
  return true;
}

function forgetGone({ queue, waiting }: Intake, present: ReadonlySet<string>): Map<string, FileState> {
  const refused = new Map<string, FileState>();
  for (const { name, mtime_ns, size } of queue.folderFiles.all()) {
    if (present.has(name)) refused.set(name, { name, mtimeNs: mtime_ns, size });
    else queue.folderFiles.forget(name);
  }
  for (const name of waiting.keys()) if (!present.has(name)) waiting.delete(name);
  return refused;
}

async function takeUp(intake: Intake, files: readonly FileState[], counts: Counts): Promise<void> {
  const read = await Promise.all(files.map((file) => readWhole(intake.folder, file)));
  const whole = read.filter((file) => file.body !== undefined);
  for (const { file } of read.filter((entry) => entry.body === undefined)) {
    leave(intake, file, new Fault("too_large", `the file is over ${EVENT_JSON_MAX} bytes`), counts);
  }
  const results = intake.queue.enqueueMany(whole.map(({ body = new Uint8Array() }) => body));
  for (const [at, result] of results.entries()) {
    const file = whole[at]?.file;
    if (file === undefined) continue;
    if (result.status === "refused") leave(intake, file, result.fault, counts);
    else {
      await removeTaken(intake, file);
      if (result.status === "queued") counts.taken++;
      else counts.known++;
    }
  }
}

/** The rig reuses a name for another event of the same second: what was written since stays for the next look. */
async function removeTaken({ folder, waiting }: Intake, file: FileState): Promise<void> {
  waiting.delete(file.name);
  if (isSame(await stateOf(folder, file.name), file)) await unlink(join(folder, file.name));
}

/** Half a file is no JSON yet, and a full queue is no fault of the file: both wait. The rest is refused for good. */
function leave({ context, queue, waiting }: Intake, file: FileState, fault: Fault, counts: Counts): void {
  const why = WAITING[fault.code];
  if (why !== undefined) {
    waiting.set(file.name, { why, file, since: context.clock.monotonic(), reported: false });
    counts[why]++;
    return;
  }
  const { code, sentence: reason } = fault;
  const looked_at = Math.floor(context.clock.now());
  queue.folderFiles.remember({ name: file.name, mtime_ns: file.mtimeNs, size: file.size, code, reason, looked_at });
  waiting.delete(file.name);
  counts.refused++;
  context.log.warn("queue_folder.refused", { file: file.name, code, reason });
}

const WAITING: Readonly<Partial<Record<FaultCode, Waiting["why"]>>> = {
  invalid_json: "unfinished",
  queue_full: "no_room",
};

interface Report {
  around(scanFolder: () => Promise<FolderSummary>): Promise<void>;
}

/** A folder may be a mount that comes and goes: each change is worth a line, each look is not. */
function createReport({ log }: SpokeContext, folder: string): Report {
  let problem: string | undefined;
  return {
    async around(scanFolder) {
      try {
        const { taken, known, no_room } = await scanFolder();
        if (taken + known > 0) log.info("queue_folder.taken", { taken, known, no_room });
        if (problem !== undefined) log.info("queue_folder.back", { folder });
        problem = undefined;
      } catch (error) {
        const code = (error as { code?: unknown }).code;
        if (typeof code !== "string" || !FOLDER_GONE.has(code)) throw error;
        if (problem !== code) log.error("queue_folder.unreadable", { folder, reason: code });
        problem = code;
      }
    },
  };
}

const FOLDER_GONE: ReadonlySet<string> = new Set(["ENOENT", "ENOTDIR", "EACCES", "EPERM", "EIO", "ESTALE", "ENOTCONN"]);
