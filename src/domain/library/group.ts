import { Fault } from "../../base/fault.ts";

/** Calls that one statement answers. */
const GROUP_MAX = 64;
/** Calls that may wait; past it a rig is asked to come back. */
const WAITING_MAX = 4096;
const RETRY_AFTER_S = 5;

interface Waiting<T, R> {
  readonly item: T;
  readonly resolve: (result: R) => void;
  readonly reject: (error: unknown) => void;
}

/**
 * Answers calls together without a timer: those that arrive while a group runs form the next one, so a lone call waits
 * for nobody. `run` sees only calls that came before it began, and gives a result for each, in their order.
 */
export function createGroup<T, R>(run: (items: readonly T[]) => Promise<readonly R[]>): (item: T) => Promise<R> {
  const queue: Waiting<T, R>[] = [];
  let running = false;

  async function runAll(): Promise<void> {
    running = true;
    while (queue.length > 0) await runGroup(queue.splice(0, GROUP_MAX), run);
    running = false;
  }

  return (item) => {
    if (queue.length >= WAITING_MAX) {
      throw new Fault("overloaded", "too many rigs wait for the library", "ask again later", RETRY_AFTER_S);
    }
    const { promise, resolve, reject } = Promise.withResolvers<R>();
    queue.push({ item, resolve, reject });
    if (!running) void runAll();
    return promise;
  };
}

/** Never rejects: an error is the calls' own. */
async function runGroup<T, R>(
  group: readonly Waiting<T, R>[],
  run: (items: readonly T[]) => Promise<readonly R[]>,
): Promise<void> {
  try {
    const results = await run(group.map(({ item }) => item));
    for (const [at, result] of results.entries()) group[at]?.resolve(result);
  } catch (error) {
    for (const { reject } of group) reject(error);
  }
}
