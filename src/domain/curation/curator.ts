import { Fault } from "../../base/fault.ts";
import { hasBacklog } from "../../db/curation.ts";
import { recentRuns, type CurationCause, type CurationRun } from "../../db/curation-runs.ts";
import type { HubContext } from "../context.ts";
import { createDebounce } from "./debounce.ts";
import { executeRun } from "./execute-run.ts";
import { createRunQueue } from "./run-queue.ts";
import { cronSchedule, type Schedule } from "./schedule.ts";

/** How often a hub looks for events that another one took. */
export const BACKLOG_POLL_MS = 2000;

export interface Curator {
  /** Something waits: curate it, once arrivals pause or at latest `curation_wait_max_ms` after the first. */
  wake(): void;
  /**
   * Curates all that was stored before the call, and resolves with the run's row. Callers during a run share the next
   * one. Rejects on an outage. Faults: `unavailable` after `stop`.
   */
  run(cause: CurationCause): Promise<CurationRun>;
  /** Begins to look for work by itself: at once, on schedule, and for what other hubs took. */
  start(): void;
  /** Lets the run that goes on finish its batch. Nothing runs afterwards. */
  stop(): Promise<void>;
  /** The newest run of any hub, finished or not. */
  lastRun(): Promise<CurationRun | undefined>;
}

/** Where `settings.curation` is off, another hub curates: this one runs on request only. */
export function createCurator(context: HubContext, schedule: Schedule = cronSchedule): Curator {
  const { sql, clock, log, settings } = context;
  const stopping = new AbortController();
  const { signal } = stopping;
  const queue = createRunQueue((cause) => executeOrRefuse(context, cause, signal));
  let scheduled: { stop(): void } | undefined;
  let polling: Promise<void> = Promise.resolve();

  /** For runs that nobody waits for. The events keep their marks, so the next look finds them again. */
  async function runAlone(cause: CurationCause): Promise<void> {
    if (signal.aborted) return;
    try {
      await queue.run(cause);
    } catch (error) {
      if (!signal.aborted) log.error("curation.failed", { cause, error });
    }
  }

  const debounce = createDebounce({
    clock,
    quietMs: settings.curation_quiet_ms,
    waitMaxMs: settings.curation_wait_max_ms,
    signal,
    action: () => runAlone("arrival"),
  });

  async function poll(): Promise<void> {
    while (!signal.aborted) {
      await clock.sleep(BACKLOG_POLL_MS, signal);
      if (signal.aborted || debounce.waiting || queue.running) continue;
      // An outage is told by whoever needs the database for more than a look.
      const [look] = await Promise.allSettled([hasBacklog(sql)]);
      if (look.status === "fulfilled" && look.value) debounce.poke();
    }
  }

  return {
    wake() {
      if (settings.curation) debounce.poke();
    },
    run: (cause) => queue.run(cause),
    start() {
      if (!settings.curation || scheduled !== undefined || signal.aborted) return;
      scheduled = schedule(settings.curation_interval_s, () => runAlone("schedule"));
      polling = poll();
    },
    async stop() {
      stopping.abort();
      scheduled?.stop();
      await Promise.all([polling, debounce.idle(), queue.idle()]);
    },
    async lastRun() {
      const [run] = await recentRuns(sql, 1);
      return run;
    },
  };
}

async function executeOrRefuse(context: HubContext, cause: CurationCause, signal: AbortSignal): Promise<CurationRun> {
  if (signal.aborted) throw new Fault("unavailable", "this hub is stopping", "ask again in a minute");
  const run = await executeRun(context, cause, signal);
  context.log.info("curation.finished", { ...run });
  return run;
}
