import type { Clock } from "../base/clock.ts";
import { extendStart, type Notify } from "../base/notify.ts";
import { isOutage } from "../db/errors.ts";
import { migrate } from "../db/migrate.ts";
import { ensureAdminKey } from "../domain/admin.ts";
import type { OpenHub } from "./environment.ts";

/** Below the time that the service manager gives for each request, so that the next one comes before its end. */
const EXTEND_EVERY_MS = 5000;
/** How often a database that is away is looked for. */
const RETRY_MS = 1000;

export interface Prepared {
  readonly applied: readonly string[];
  /** The admin's key, when this start made it. */
  readonly shownOnce: string | undefined;
}

/** Brings schema and admin key up to date; undefined when the database is away. Faults: as `migrate`. */
export async function prepare({ context, database }: OpenHub): Promise<Prepared | undefined> {
  try {
    const { applied } = await migrate(database);
    const { shownOnce } = await ensureAdminKey(context);
    return { applied, shownOnce };
  } catch (error) {
    if (isOutage(error)) return undefined;
    throw error;
  }
}

/** The same until the database is there; undefined only once the signal is given. */
export async function prepareLater(hub: OpenHub, signal: AbortSignal): Promise<Prepared | undefined> {
  while (!signal.aborted) {
    await hub.context.clock.sleep(RETRY_MS, signal);
    const prepared = signal.aborted ? undefined : await prepare(hub);
    if (prepared !== undefined) return prepared;
  }
  return undefined;
}

/** Asks the service manager for more time as long as the work goes on. */
export async function withoutDeadline<T>(notify: Notify, clock: Clock, work: () => Promise<T>): Promise<T> {
  const done = new AbortController();
  const extending = keepExtending(notify, clock, done.signal);
  try {
    return await work();
  } finally {
    done.abort();
    await extending;
  }
}

async function keepExtending(notify: Notify, clock: Clock, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    extendStart(notify);
    await clock.sleep(EXTEND_EVERY_MS, signal);
  }
}
