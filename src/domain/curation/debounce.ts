import type { Clock } from "../../base/clock.ts";

export interface DebounceOptions {
  readonly clock: Clock;
  /** Runs once nothing came for this long … */
  readonly quietMs: number;
  /** … and at latest this long after the first. */
  readonly waitMaxMs: number;
  /** Aborted: nothing runs any more. */
  readonly signal: AbortSignal;
  readonly action: () => Promise<void>;
}

export interface Debounce {
  poke(): void;
  /** Whether a poke is still to be answered. */
  readonly waiting: boolean;
  /** Resolves when no action runs and none is to come. */
  idle(): Promise<void>;
}

/** Gathers pokes into one action. A poke while it runs leads to another one afterwards. */
export function createDebounce({ clock, quietMs, waitMaxMs, signal, action }: DebounceOptions): Debounce {
  let first: number | undefined;
  let last = 0;
  let loop: Promise<void> | undefined;

  async function settle(): Promise<void> {
    while (first !== undefined && !signal.aborted) {
      const due = Math.min(last + quietMs, first + waitMaxMs);
      const now = clock.monotonic();
      if (now < due) {
        await clock.sleep(due - now, signal);
        continue;
      }
      first = undefined;
      await action();
    }
    loop = undefined;
  }

  return {
    poke() {
      if (signal.aborted) return;
      last = clock.monotonic();
      first ??= last;
      loop ??= settle();
    },
    get waiting() {
      return first !== undefined;
    },
    async idle() {
      await loop;
    },
  };
}
