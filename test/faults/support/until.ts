const LOOK_EVERY_MS = 10;

/** Looks until the condition holds; throws what it was when it does not in time. */
export async function until(what: string, withinMs: number, holds: () => Promise<boolean> | boolean): Promise<void> {
  const deadline = performance.now() + withinMs;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error(`not within ${withinMs / 1000} s: ${what}`);
    await Bun.sleep(LOOK_EVERY_MS);
  }
}
