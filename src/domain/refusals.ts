import { isStorable } from "../base/json.ts";
import { addRefusals, type RigRefusal } from "../db/rig-refusals.ts";
import type { HubContext } from "./context.ts";

/** Refusals of a rig are written at most this often, so that one that fails in a loop costs no more than one that errs. */
export const REFUSALS_WRITE_EVERY_MS = 1000;
const SENTENCE_MAX = 300;
const EVENT_ID_MAX = 200;

export interface Refusal {
  readonly code: string;
  readonly sentence: string;
  /** As the body said, whatever it is worth. */
  readonly eventId: string | undefined;
}

export interface Refusals {
  /**
   * Counts a refused upload. The first of a rig is written when this resolves, those that follow within a second
   * together after it. Never rejects: the rig gets its refusal also when the count is lost to an outage.
   */
  note(rigId: string, refusal: Refusal): Promise<void>;
}

type ByCode = Map<string, RigRefusal>;

export function createRefusals({ sql, clock }: Pick<HubContext, "sql" | "clock">): Refusals {
  /** Of the rigs that were written less than a second ago. */
  const waiting = new Map<string, ByCode>();

  async function write(rigId: string, refused: ByCode): Promise<void> {
    waiting.set(rigId, new Map());
    await Promise.allSettled([addRefusals(sql, rigId, [...refused.values()])]);
  }

  async function writeRest(rigId: string): Promise<void> {
    for (;;) {
      await clock.sleep(REFUSALS_WRITE_EVERY_MS);
      const refused = waiting.get(rigId);
      if (refused === undefined || refused.size === 0) break;
      await write(rigId, refused);
    }
    waiting.delete(rigId);
  }

  return {
    async note(rigId, refusal) {
      const rest = waiting.get(rigId);
      const refused = rest ?? new Map<string, RigRefusal>();
      count(refused, refusal, new Date(clock.now()));
      if (rest !== undefined) return;
      const written = write(rigId, refused);
      void writeRest(rigId);
      await written;
    },
  };
}

function count(refused: ByCode, { code, sentence, eventId }: Refusal, at: Date): void {
  const known = refused.get(code);
  const kept = eventId !== undefined && eventId.length <= EVENT_ID_MAX && isStorable(eventId);
  refused.set(code, {
    code,
    refusals: (known?.refusals ?? 0) + 1,
    first_at: known?.first_at ?? at,
    last_at: at,
    last_event_id: kept ? eventId : null,
    last_sentence: sentence.slice(0, SENTENCE_MAX).toWellFormed().replaceAll("\0", ""),
  });
}
