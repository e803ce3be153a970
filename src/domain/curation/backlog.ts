import { giveUp, waitingIds, type CurationKey } from "../../db/curation.ts";
import { isOutage } from "../../db/errors.ts";
import { curateBatch, type BatchPick, type BatchResult } from "./batch.ts";
import type { Step } from "./step.ts";

/** Events a transaction takes. */
export const BATCH_EVENTS = 250;
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
    const result = await nextBatch(step, { limit: batchEvents, except: busy });
    if (result === undefined) return;
    busy.push(...result.busy);
  }
}

async function nextBatch(step: Step, pick: BatchPick): Promise<BatchResult | undefined> {
  try {
    return await commitBatch(step, pick);
  } catch (error) {
    if (isOutage(error)) throw error;
    return oneByOne(step, pick);
  }
}

async function commitBatch({ sql, writer, tally }: Step, pick: BatchPick): Promise<BatchResult | undefined> {
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
async function oneByOne(step: Step, { limit, except }: BatchPick): Promise<BatchResult | undefined> {
  let last: BatchResult | undefined;
  for (const only of await waitingIds(step.sql, limit)) {
    if (step.signal.aborted) return last;
    try {
      last = (await commitBatch(step, { limit: 1, except, only })) ?? last;
    } catch (error) {
      if (isOutage(error)) throw error;
      await giveUp(step.sql, { id: only, problem: String(error).slice(0, PROBLEM_MAX) });
      step.tally.add({ events_read: 1, events_failed: 1 });
    }
  }
  return last;
}
