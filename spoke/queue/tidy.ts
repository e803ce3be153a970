import { forgetBody } from "./room.ts";
import { emptyLog, type Store } from "./store.ts";

/** After its body is given up, that an event was sent is known for so long: a late acknowledgment finds it by its id. */
export const SENT_IDENTITY_KEEP_DAYS = 90;
/** Acknowledgments kept: ten times what the rig software lists. */
export const ACKNOWLEDGMENTS_MAX = 10_000;

const DAY_MS = 86_400_000;
/** Of each kind and call, so that no call holds the process up. */
const ROWS_A_CALL = 500;

export function tidy(store: Store, sentKeepDays: number): void {
  const now = store.clock.now();
  const bodiesBefore = now - sentKeepDays * DAY_MS;
  const identitiesBefore = now - Math.max(sentKeepDays, SENT_IDENTITY_KEEP_DAYS) * DAY_MS;
  store.write(() => {
    for (const id of store.events.sentWithBody(bodiesBefore, ROWS_A_CALL)) forgetBody(store, id);
    for (const id of store.events.sentWithoutBody(identitiesBefore, ROWS_A_CALL)) store.events.remove(id);
    store.outcomes.prune(identitiesBefore);
    store.acknowledgments.prune(identitiesBefore, ACKNOWLEDGMENTS_MAX);
    store.receipts.prune();
  });
  // A log that is checkpointed holds nothing that a flipped bit of it could take away.
  emptyLog(store.db, "truncate");
  store.ballast.restore();
}
