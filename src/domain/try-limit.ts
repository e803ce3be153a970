import { Fault } from "../base/fault.ts";
import { countTry, dropOldTries, forgetTries, lockTries, type TryRow } from "../db/tries.ts";
import type { HubContext } from "./context.ts";

export interface TryLimit {
  /** Counts a try before its secret is looked at, so that tries at once count too. Faults: `rate_limited`. */
  admit(address: string): Promise<void>;
  /** The secret was right: this address starts afresh, and the try costs the others nothing. */
  succeeded(address: string): Promise<void>;
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

/** Counted in the database: a restart forgives nothing, and hubs behind a balancer count together. */
export function createTryLimit({ sql, clock }: Pick<HubContext, "sql" | "clock">, limits: TryLimits): TryLimit {
  const { what, perAddress, all, windowMs } = limits;

  /** The same sentence whichever limit it was, and whatever the secret: there is nothing to learn from it. */
  function tooMany({ ends_at }: TryRow, at: Date): Fault {
    const waitS = Math.max(1, Math.ceil((ends_at.getTime() - at.getTime()) / 1000));
    return new Fault("rate_limited", `too many tries to ${what}`, `wait ${Math.ceil(waitS / 60)} minutes`, waitS);
  }

  return {
    async admit(address) {
      const at = new Date(clock.now());
      const window = { at, endsAt: new Date(at.getTime() + windowMs) };
      await sql.begin(async (tx) => {
        // All first: what is refused there leaves no row of its address.
        const together = await lockTries(tx, { what }, window);
        if (together.count >= all) throw tooMany(together, at);
        await dropOldTries(tx, what, at);
        const own = await lockTries(tx, { what, address }, window);
        if (own.count >= perAddress) throw tooMany(own, at);
        await countTry(tx, what, address);
      });
    },
    async succeeded(address) {
      await sql.begin((tx) => forgetTries(tx, what, address));
    },
  };
}
