import type { Clock } from "./clock.ts";
import type { Notify } from "./notify.ts";

/** Pings in one period of the manager: two may be late before it acts. */
const PINGS_A_PERIOD = 3;
/** What hangs is as good as settled: a database that is away must not get us killed. */
const PROBE_MS = 2000;

export interface WatchdogOptions {
  readonly notify: Notify;
  readonly clock: Clock;
  /** Goes once through what this process lives by; may reject. */
  readonly probe: () => Promise<unknown>;
  readonly signal: AbortSignal;
}

/**
 * Tells the manager that the event loop turns and that asking for something came to an end, with an error or without.
 * A loop that hangs sends nothing and is restarted. Ends with the signal; never rejects.
 */
export async function keepWatchdog({ notify, clock, probe, signal }: WatchdogOptions): Promise<void> {
  if (notify.watchdogMs === undefined) return;
  const everyMs = notify.watchdogMs / PINGS_A_PERIOD;
  let asking: Promise<unknown> | undefined;
  while (!signal.aborted) {
    // One that hangs is not asked again beside itself: it would take connection after connection.
    asking ??= Promise.allSettled([probe()]).then(() => (asking = undefined));
    await settledWithin(asking, Math.min(PROBE_MS, everyMs), clock);
    notify.send("WATCHDOG=1");
    await clock.sleep(everyMs, signal);
  }
}

async function settledWithin(asking: Promise<unknown>, ms: number, clock: Clock): Promise<void> {
  const settled = new AbortController();
  await Promise.race([asking, clock.sleep(ms, settled.signal)]);
  settled.abort();
}
