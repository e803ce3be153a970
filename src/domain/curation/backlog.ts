import { recordFailures } from "../../db/curation-failures.ts";
import { giveUp, waitingIds, type CurationKey } from "../../db/curation.ts";
import { isOutage } from "../../db/errors.ts";
import { curateBatch, type BatchPick, type BatchResult } from "./batch.ts";
import type { Step } from "./step.ts";

/**
 * Events a transaction takes. On two cores, with PostgreSQL beside it and 50,000 episodes there, such a batch takes 25 to
 * 45 ms, at 7,000 events a second; larger ones gain little, and the library's lock is held as long as they run.
 */
export const BATCH_EVENTS = 200;
/** Keys that a run passes over because another hub has them; with more, it leaves the backlog to that hub. */
const BUSY_KEYS_MAX = 500;
/** Characters of what is kept of an error. */
const PROBLEM_MAX = 500;

/**
 * Curates what waits, batch by batch, until nothing does. What another hub works on is left: that hub finishes it, or
 * the next look at the backlog does.
 */
export async function curateBacklog(step: Step, batchEvents = BATCH_EVENTS): Promise<void> {
  const busy: CurationKey[] = [];
  while (!step.signal.aborted && busy.length < BUSY_KEYS_MAX) {
    const done = await nextBatch(step, { limit: batchEvents, except: busy });
    if (done === undefined) return;
    busy.push(...done.busy);
  }
}

type Progress = Pick<BatchResult, "busy">;

/** Undefined when there is nothing left that this run can do. */
async function nextBatch(step: Step, pick: BatchPick): Promise<Progress | undefined> {
  try {
    return await commitBatch(step, pick);
  } catch (error) {
    if (isOutage(error)) throw error;
    return oneByOne(step, pick);
  }
}

async function commitBatch({ sql, writer, tally }: Step, pick: BatchPick): Promise<Progress | undefined> {
  const result = await sql.begin((tx) => curateBatch(tx, writer, pick));
  if (result === undefined) return undefined;
  tally.add({
    events_read: result.read,
    events_failed: result.failed,
    episodes_created: result.created,
    episodes_changed: result.changed,
    events_merged: result.merged,
    version: result.version,
  });
  return result;
}

/** A batch that fails is repeated an event at a time, and only the events that fail alone are passed over. */
async function oneByOne(step: Step, { limit, except }: BatchPick): Promise<Progress | undefined> {
  const done: (Progress | undefined)[] = [];
  for (const only of await waitingIds(step.sql, limit)) {
    if (step.signal.aborted) break;
    done.push(await curateAlone(step, { limit: 1, except, only }));
  }
  const some = done.filter((progress) => progress !== undefined);
  return some.length === 0 ? undefined : { busy: some.flatMap(({ busy }) => busy) };
}

async function curateAlone(step: Step, pick: BatchPick & { readonly only: string }): Promise<Progress | undefined> {
  try {
    return await commitBatch(step, pick);
  } catch (error) {
    if (isOutage(error)) throw error;
    const problem = String(error).slice(0, PROBLEM_MAX).toWellFormed();
    await giveUp(step.sql, { id: pick.only, problem });
    await recordFailures(step.sql, [{ event_id: pick.only, error: problem }], step.writer);
    step.tally.add({ events_read: 1, events_failed: 1 });
    return { busy: [] };
  }
}
