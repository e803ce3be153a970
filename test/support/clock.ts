import type { Clock } from "../../src/base/clock.ts";

export interface TestClock extends Clock {
  /** Jumps the wall clock, as an operator or NTP does; sleepers and `monotonic` notice nothing. */
  set(iso: string): void;
  /** Lets time pass on both clocks, and wakes who slept long enough, earliest first. */
  advance(ms: number): void;
  /** How many sleep now: a test waits until its part has gone to sleep. */
  readonly sleepers: number;
}

interface Sleeper {
  readonly due: number;
  wake(): void;
}

/** Time stands still until the test moves it. */
export function testClock(startIso = "2026-11-10T12:00:00Z"): TestClock {
  let wall = Date.parse(startIso);
  let elapsed = 0;
  const sleeping = new Set<Sleeper>();

  function sleep(ms: number, signal?: AbortSignal): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (signal?.aborted === true || ms <= 0) resolve();
    else {
      const sleeper = { due: elapsed + ms, wake: done };
      function done(): void {
        sleeping.delete(sleeper);
        signal?.removeEventListener("abort", done);
        resolve();
      }
      sleeping.add(sleeper);
      signal?.addEventListener("abort", done, { once: true });
    }
    return promise;
  }

  return {
    now: () => wall,
    monotonic: () => elapsed,
    sleep,
    set(iso) {
      wall = Date.parse(iso);
    },
    advance(ms) {
      wall += ms;
      elapsed += ms;
      const due = [...sleeping].filter((sleeper) => sleeper.due <= elapsed);
      for (const sleeper of due.toSorted((left, right) => left.due - right.due)) sleeper.wake();
    },
    get sleepers() {
      return sleeping.size;
    },
  };
}
