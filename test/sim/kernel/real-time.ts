import type { Dice } from "./random.ts";

/** The web framework forgets what it has compiled after minutes: here it need not. */
const NEVER_MS = 60_000;

/**
 * The database's client has timers and chance of its own, behind everything that is passed in: it connects "in 0 ms"
 * and names its statements by chance. Here the first is the next turn, and the second is the seed's; a timer that
 * wants real time is a hole in the simulation, and says so.
 */
export function takeOverRealTime(dice: Dice, startMs: number): void {
  const real = globalThis.setTimeout;
  const nextTurn = (run: (...given: unknown[]) => void, ms = 0, ...given: unknown[]): unknown => {
    if (ms > NEVER_MS) return { unref: () => undefined };
    if (ms > 1) throw new Error(`a real timer of ${ms} ms in the simulation`);
    return setImmediate(run, ...given);
  };
  globalThis.setTimeout = Object.assign(nextTurn, real) as typeof setTimeout;
  Math.random = () => dice.unit();
  Date.now = () => startMs;
}
