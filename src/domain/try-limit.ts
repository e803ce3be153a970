import type { Clock } from "../base/clock.ts";
import { Fault } from "../base/fault.ts";

export interface TryLimit {
  /** Counts a try before its secret is looked at, so that tries at once count too. Faults: `rate_limited`. */
  admit(address: string): void;
  /** The secret was right: this address starts afresh, and the try costs the others nothing. */
  succeeded(address: string): void;
}

export interface TryLimits {
  /** Wrong ones that one address may try in a window. */
  readonly perAddress: number;
  /** The same for all addresses together: many addresses are cheap. */
  readonly all: number;
  readonly windowMs: number;
  /** What is tried, in a refusal: `too many tries to sign in`. */
  readonly what: string;
}

interface Tries {
  count: number;
  readonly endsMs: number;
}

/** In the memory of this process: a restart forgives, and each hub behind a balancer counts for itself. */
export function createTryLimit(clock: Clock, limits: TryLimits): TryLimit {
  const byAddress = new Map<string, Tries>();
  let all: Tries = { count: 0, endsMs: 0 };

  function triesOf(address: string, nowMs: number): Tries {
    const known = byAddress.get(address);
    if (known !== undefined && known.endsMs > nowMs) return known;
    byAddress.delete(address);
    const [oldest] = byAddress.keys();
    // More addresses than fail within a window at all, so nobody is forgotten early.
    if (byAddress.size >= limits.all && oldest !== undefined) byAddress.delete(oldest);
    const fresh = { count: 0, endsMs: nowMs + limits.windowMs };
    byAddress.set(address, fresh);
    return fresh;
  }

  /** The same sentence whichever limit it was, and whatever the secret: there is nothing to learn from it. */
  function tooMany(waitMs: number): Fault {
    const waitS = Math.ceil(waitMs / 1000);
    return new Fault(
      "rate_limited",
      `too many tries to ${limits.what}`,
      `wait ${Math.ceil(waitS / 60)} minutes`,
      waitS,
    );
  }

  return {
    admit(address) {
      const nowMs = clock.monotonic();
      if (all.endsMs <= nowMs) all = { count: 0, endsMs: nowMs + limits.windowMs };
      if (all.count >= limits.all) throw tooMany(all.endsMs - nowMs);
      const own = triesOf(address, nowMs);
      if (own.count >= limits.perAddress) throw tooMany(own.endsMs - nowMs);
      own.count++;
      all.count++;
    },
    succeeded(address) {
      byAddress.delete(address);
      all.count = Math.max(0, all.count - 1);
    },
  };
}
