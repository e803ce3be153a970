import type { Clock } from "../../../src/base/clock.ts";
import type { Kernel, Life } from "./kernel.ts";

/** A machine's own idea of the time; it outlives the processes on it. */
export interface WallClock {
  /** Unix ms at the run's begin, wrong by as much as the machine is. */
  startMs: number;
}

/** Which sleeps come late, and by how much: a machine that idles need not wake a loop every other second. */
export type Lateness = (ms: number) => number;

export function lifeClock(kernel: Kernel, life: Life, wall: WallClock, late: Lateness = (ms) => ms): Clock {
  const bornMs = kernel.nowMs;
  return {
    now: () => wall.startMs + kernel.nowMs,
    monotonic: () => kernel.nowMs - bornMs + 1,
    sleep(ms, signal) {
      const { promise, resolve } = Promise.withResolvers<void>();
      if (signal?.aborted === true || ms <= 0) {
        resolve();
        return promise;
      }
      const wake = kernel.quietly(late(ms), life, done);
      function done(): void {
        wake.cancelled = true;
        signal?.removeEventListener("abort", done);
        resolve();
      }
      signal?.addEventListener("abort", done, { once: true });
      return promise;
    },
  };
}
