import { createAcknowledgmentPoller } from "./acknowledgments.ts";
import type { SpokeContext } from "./context.ts";
import { isDiskFull } from "./queue/sqlite-errors.ts";
import { createFolderIntake } from "./queue-folder.ts";
import type { SpokeParts } from "./spoke-api.ts";

export interface Loops {
  start(): void;
  /** Rejects with what ended a loop that should never end. */
  readonly crashed: Promise<never>;
  /** Resolves once every loop has ended, or after the deadline. */
  stop(): Promise<void>;
}

/** A request to the hub that hangs must not hold a restart up: the hub knows by id what it had already. */
const STOP_DEADLINE_MS = 10_000;

/** Somebody makes room, or the hub takes what lies there: until then recall goes on, and what is taken in is answered. */
const DISK_FULL_WAIT_MS = 30_000;

type Loop = (signal: AbortSignal) => Promise<void>;

/** Everything that a rig's end does by itself, in one process. */
export function createLoops(context: SpokeContext, parts: SpokeParts): Loops {
  const stopping = new AbortController();
  const { promise: crashed, reject } = Promise.withResolvers<never>();
  crashed.catch(() => {});
  let running: Promise<unknown>[] = [];
  return {
    crashed,
    start() {
      running = loopsOf(context, parts).map((loop) => throughFullDisk(context, loop, stopping.signal).catch(reject));
    },
    async stop() {
      stopping.abort();
      await Promise.race([Promise.all(running), context.clock.sleep(STOP_DEADLINE_MS)]);
    },
  };
}

/** A loop that cannot write down what it did begins anew: the hub knows by id what it had already. */
async function throughFullDisk({ clock, log }: SpokeContext, loop: Loop, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    try {
      return await loop(signal);
    } catch (error) {
      if (!isDiskFull(error)) throw error;
      log.error("spoke.disk_full", { error });
      await clock.sleep(DISK_FULL_WAIT_MS, signal);
    }
  }
}

/** A spoke that is not enabled still takes events in: they leave when it is. */
function loopsOf(context: SpokeContext, { queue, sync, uploader }: SpokeParts): Loop[] {
  const { enabled, queue_dir, sairen_url } = context.settings;
  const loops: Loop[] = [];
  if (enabled)
    loops.push(
      (signal) => uploader.run(signal),
      (signal) => sync.run(signal),
    );
  if (queue_dir !== undefined) loops.push((signal) => createFolderIntake(context, queue).run(signal));
  if (sairen_url !== undefined) loops.push((signal) => createAcknowledgmentPoller(context, queue).run(signal));
  return loops;
}
