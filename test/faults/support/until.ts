const LOOK_EVERY_MS = 10;
/** A queue or a backlog that has not become shorter for so long never will. */
const STUCK_MS = 30_000;

/** Looks until the condition holds; throws what it was when it does not in time. */
export async function until(what: string, withinMs: number, holds: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs / 1000} s: ${what}`);
    await Bun.sleep(LOOK_EVERY_MS);
  }
}

/** Resolves with what still waits once nothing does, or once it has stopped becoming less. */
export async function drained(waiting: () => Promise<number>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let since = performance.now(); performance.now() - since < STUCK_MS; await Bun.sleep(LOOK_EVERY_MS)) {
    const now = await waiting();
    if (now === 0) return 0;
    if (now < least) since = performance.now();
    least = Math.min(least, now);
  }
  return least;
}
