import type { Clock } from "../base/clock.ts";
import { Fault } from "../base/fault.ts";

/** Wrong keys that one address may try in a window. */
export const LOGIN_TRIES_PER_ADDRESS = 10;
/** The same for all addresses together: many addresses are cheap. */
export const LOGIN_TRIES = 100;
export const LOGIN_WINDOW_MS = 15 * 60_000;
/** More than fail within a window at all, so nobody is forgotten early. */
const ADDRESSES_MAX = LOGIN_TRIES;

export interface LoginLimit {
  /** Counts a try before its key is looked at, so that tries at once count too. Faults: `rate_limited`. */
  admit(address: string): void;
  /** The key was right: this address starts afresh, and the try costs the others nothing. */
  succeeded(address: string): void;
}

interface Tries {
  count: number;
  readonly endsMs: number;
}

/** In the memory of this process: a restart forgives, and each hub behind a balancer counts for itself. */
export function createLoginLimit(clock: Clock): LoginLimit {
  const byAddress = new Map<string, Tries>();
  let all: Tries = { count: 0, endsMs: 0 };

  function triesOf(address: string, nowMs: number): Tries {
    const known = byAddress.get(address);
    if (known !== undefined && known.endsMs > nowMs) return known;
    byAddress.delete(address);
    const [oldest] = byAddress.keys();
    if (byAddress.size >= ADDRESSES_MAX && oldest !== undefined) byAddress.delete(oldest);
    const fresh = { count: 0, endsMs: nowMs + LOGIN_WINDOW_MS };
    byAddress.set(address, fresh);
    return fresh;
  }

  return {
    admit(address) {
      const nowMs = clock.monotonic();
      if (all.endsMs <= nowMs) all = { count: 0, endsMs: nowMs + LOGIN_WINDOW_MS };
      if (all.count >= LOGIN_TRIES) throw tooMany(all.endsMs - nowMs);
      const own = triesOf(address, nowMs);
      if (own.count >= LOGIN_TRIES_PER_ADDRESS) throw tooMany(own.endsMs - nowMs);
      own.count++;
      all.count++;
    },
    succeeded(address) {
      byAddress.delete(address);
      all.count = Math.max(0, all.count - 1);
    },
  };
}

/** The same sentence whichever limit it was, and whatever the key: there is nothing to learn from it. */
function tooMany(waitMs: number): Fault {
  const waitS = Math.ceil(waitMs / 1000);
  return new Fault("rate_limited", "too many tries to sign in", `wait ${Math.ceil(waitS / 60)} minutes`, waitS);
}
