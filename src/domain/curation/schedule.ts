import { Cron } from "croner";

/** Calls `task` now and then every so many seconds of real time, never twice at once. The task must not reject. */
export type Schedule = (everyS: number, task: () => Promise<void>) => { stop(): void };

/**
 * croner keeps its own time, so a simulation gives another schedule and asks for the runs itself. The pattern is every
 * second, the first of them is due at once, and `interval` spaces the rest; UTC, because no hour of it comes twice.
 */
export const cronSchedule: Schedule = (everyS, task) => {
  const job = new Cron("* * * * * *", { interval: everyS, protect: true, utcOffset: 0 }, task);
  return { stop: () => job.stop() };
};
