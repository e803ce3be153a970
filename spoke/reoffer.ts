import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { isRecord } from "../src/base/json.ts";
import type { HubClient } from "./client.ts";
import type { SpokeContext } from "./context.ts";
import type { LibraryStore } from "./library/store.ts";
import type { Queue } from "./queue/queue.ts";
import { beginReplacement } from "./replace-file.ts";
import type { Refusal } from "./verdicts.ts";

/** What one step came to: more to do, nothing, or a hub that cannot be asked now. */
export type OfferStep = "again" | "done" | Exclude<Refusal, { kind: "refused" }>;

export interface Reoffer {
  /** One page, when the hub has another epoch than the one that was offered everything last. */
  step(): Promise<OfferStep>;
}

/** Hashing a page takes some 30 ms, and its reply stays far below the limit of small ones. */
const PAGE_EVENTS = 250;
/** A hub that does not know offers is asked once a day, in case it was renewed. */
const UNKNOWN_WAIT_MS = 86_400_000;

/** How far the offer to an epoch has come. */
interface Progress {
  readonly epoch: string;
  readonly after: number;
  readonly done: boolean;
}

/**
 * A hub that was restored from a backup has another epoch, which each pull of the library tells. Everything that the rig
 * still keeps is then offered, page by page as the queue has room, and what the hub lacks is sent again.
 */
export function createReoffer(
  context: SpokeContext,
  queue: Queue,
  client: Pick<HubClient, "offer">,
  store: Pick<LibraryStore, "cursor">,
): Reoffer {
  const { clock, log, settings } = context;
  const place = join(settings.data_dir, "reoffer.json");
  let progress = readProgress(place);
  let notBeforeMs = Number.NEGATIVE_INFINITY;
  const keep = (next: Progress): void => {
    progress = next;
    beginReplacement(place).commit(`${JSON.stringify(next)}\n`);
  };
  return {
    async step() {
      const { epoch: known, run } = store.cursor();
      const epoch = run?.epoch ?? known;
      if (epoch === undefined || clock.monotonic() < notBeforeMs) return "done";
      const { after, done } = progress?.epoch === epoch ? progress : { after: 0, done: false };
      if (done) return "done";
      const page = queue.offerPage(after, PAGE_EVENTS);
      const next = { epoch, after: page.upTo, done: page.ended };
      if (page.events.length === 0) {
        if (page.upTo !== after || page.ended) keep(next);
        return page.ended || page.upTo === after ? "done" : "again";
      }
      const verdict = await client.offer(page.events);
      if (verdict.kind === "wait" || verdict.kind === "key_problem") return verdict;
      if (verdict.kind === "refused") {
        log.info("reoffer.unknown", { reason: verdict.reason });
        notBeforeMs = clock.monotonic() + UNKNOWN_WAIT_MS;
        return "done";
      }
      const { reply } = verdict;
      const again = queue.sendAgain(reply.wanted, reply.outcomes);
      log.info("reoffer.page", { offered: page.events.length, again, outcomes: reply.outcomes.length });
      // Restored once more meanwhile: the next pull tells the epoch, and everything is offered anew.
      if (reply.epoch !== epoch) return "done";
      keep(next);
      return page.ended && again + reply.outcomes.length === 0 ? "done" : "again";
    },
  };
}

/** A file that cannot be read costs an offer more, never an event. */
function readProgress(path: string): Progress | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const value: unknown = JSON.parse(readFileSync(path, "utf8"));
    if (!isRecord(value)) return undefined;
    const { epoch, after, done } = value;
    return typeof epoch === "string" && typeof after === "number" && typeof done === "boolean"
      ? { epoch, after, done }
      : undefined;
  } catch {
    return undefined;
  }
}
