import { unitInterval, type Random } from "../src/base/random.ts";
import type { HubClient } from "./client.ts";
import type { SpokeContext } from "./context.ts";
import type { Queue } from "./queue/queue.ts";
import type { Reoffer } from "./reoffer.ts";
import { createUploadRound, type UploadRound, type UploadSummary } from "./upload-round.ts";

export interface UploaderState {
  readonly phase: "idle" | "sending" | "waiting" | "key_problem";
  /** Why it waits; undefined when all is well. */
  readonly problem: string | undefined;
  /** Unix ms of the next try while it waits. */
  readonly nextTryAt: number | undefined;
}

export interface Uploader {
  /** Until the signal: when woken, at the latest every interval, later after each failure. */
  run(signal: AbortSignal): Promise<void>;
  /** Something new is in the queue. Does not shorten a wait for the hub. */
  wake(): void;
  /** One round through the queue; who asks while one runs gets that one. */
  uploadOnce(): Promise<UploadSummary>;
  readonly state: UploaderState;
}

const BACKOFF_FIRST_MS = 5_000;
export const BACKOFF_MAX_MS = 15 * 60_000;
const BACKOFF_LEAST_MS = 1_000;
/** A key that the hub does not take needs a person; asking often only fills its log. */
export const KEY_PROBLEM_WAIT_MS = 15 * 60_000;
const TIDY_EVERY_MS = 60_000;

export function createUploader(context: SpokeContext, queue: Queue, client: HubClient, reoffer?: Reoffer): Uploader {
  const rounds = createUploadRound(queue, client, reoffer);
  const report = createReport(context);
  const alarm = createAlarm(context);
  let running: Promise<UploadSummary> | undefined;
  const uploadOnce = (): Promise<UploadSummary> => {
    running ??= report.around(rounds).finally(() => {
      running = undefined;
    });
    return running;
  };
  return {
    uploadOnce,
    wake: () => alarm.ring(),
    get state() {
      return report.state;
    },
    async run(signal) {
      const tidy = createTidying(context, queue);
      let failures = 0;
      while (!signal.aborted) {
        const { blocked } = await uploadOnce();
        tidy();
        failures = blocked === undefined ? 0 : failures + 1;
        if (blocked === undefined) await alarm.wait(context.settings.upload_interval_secs * 1000, signal);
        else await context.clock.sleep(report.nextTry(waitMs(context.random, blocked, failures)), signal);
      }
    },
  };
}

function waitMs(random: Random, blocked: NonNullable<UploadSummary["blocked"]>, failures: number): number {
  if (blocked.kind === "key_problem") return KEY_PROBLEM_WAIT_MS * (0.5 + unitInterval(random) / 2);
  // Never before the hub said, and not together with all the others that were told the same.
  const toldMs = (blocked.retryAfterMs ?? 0) * (1 + unitInterval(random) / 2);
  return Math.max(backoffMs(random, failures), toldMs);
}

/** Full jitter: rigs that lost the hub together do not come back together. */
function backoffMs(random: Random, failures: number): number {
  const ceiling = Math.min(BACKOFF_MAX_MS, BACKOFF_FIRST_MS * 2 ** Math.min(failures - 1, 16));
  return Math.max(BACKOFF_LEAST_MS, ceiling * unitInterval(random));
}

interface Alarm {
  ring(): void;
  /** Until it rings, or has rung since the last wait. */
  wait(ms: number, signal: AbortSignal): Promise<void>;
}

function createAlarm({ clock }: SpokeContext): Alarm {
  let bell = new AbortController();
  return {
    ring: () => bell.abort(),
    async wait(ms, signal) {
      await clock.sleep(ms, AbortSignal.any([signal, bell.signal]));
      if (bell.signal.aborted) bell = new AbortController();
    },
  };
}

function createTidying({ clock, settings }: SpokeContext, queue: Queue): () => void {
  let last = Number.NEGATIVE_INFINITY;
  return () => {
    if (clock.monotonic() - last < TIDY_EVERY_MS) return;
    queue.tidy(settings.sent_keep_days);
    last = clock.monotonic();
  };
}

interface Report {
  around(rounds: UploadRound): Promise<UploadSummary>;
  /** Notes when the next try comes, and hands the wait back. */
  nextTry(ms: number): number;
  readonly state: UploaderState;
}

/** Keeps the state that people see, and logs each change of it once: a link may be down for days. */
function createReport({ clock, log }: SpokeContext): Report {
  let state: UploaderState = { phase: "idle", problem: undefined, nextTryAt: undefined };
  const settle = ({ blocked, ...counts }: UploadSummary): void => {
    if (Object.values(counts).some((count) => count > 0)) log.info("upload.round", counts);
    const problem = blocked?.reason;
    if (blocked !== undefined && problem !== state.problem) log.warn(`upload.${blocked.kind}`, { reason: problem });
    if (blocked === undefined && state.problem !== undefined) log.info("upload.resumed");
    const phase = blocked === undefined ? "idle" : blocked.kind === "wait" ? "waiting" : "key_problem";
    state = { phase, problem, nextTryAt: undefined };
  };
  return {
    get state() {
      return state;
    },
    async around(rounds) {
      const before = state;
      state = { ...state, phase: "sending", nextTryAt: undefined };
      try {
        const summary = await rounds.run();
        settle(summary);
        return summary;
      } catch (error) {
        state = { ...before, phase: "waiting" };
        throw error;
      }
    },
    nextTry(ms) {
      state = { ...state, nextTryAt: clock.now() + ms };
      return ms;
    },
  };
}
