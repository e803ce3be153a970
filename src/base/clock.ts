/** Time, passed in. A simulation gives its own; everything else gets `systemClock`. */
export interface Clock {
  /** Wall clock, ms since the Unix epoch. May jump. */
  now(): number;
  /** Never goes back, ms from an arbitrary start. For durations and deadlines. */
  monotonic(): number;
  /** Resolves after `ms`, or at once when the signal aborts; never rejects. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep(ms, signal) {
    const { promise, resolve } = Promise.withResolvers<void>();
    if (signal?.aborted === true) {
      resolve();
      return promise;
    }
    const timer = setTimeout(done, ms);
    function done(): void {
      clearTimeout(timer);
      signal?.removeEventListener("abort", done);
      resolve();
    }
    signal?.addEventListener("abort", done, { once: true });
    return promise;
  },
};

/** Unix seconds of a clock, as the wire carries time. */
export function unixSeconds(clock: Clock): number {
  return Math.floor(clock.now() / 1000);
}
