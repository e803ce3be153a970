import type { Clock } from "../clock.ts";

/** What a look at the running program found. */
export interface Look {
  readonly ready: boolean;
  /** Undefined when it did not answer. */
  readonly version?: string;
  readonly reason?: string;
  /** Replies since its start, and those among them that were its own failures; not refusals, nor outages elsewhere. */
  readonly replies?: { readonly total: number; readonly failed: number };
}

export interface Watching {
  readonly version: string;
  /** How long it may take until it answers. */
  readonly readyWithinMs: number;
  /** How long it is looked at from then on. */
  readonly watchMs: number;
}

const LOOK_EVERY_MS = 500;
/** One look may fall into a pause; several in a row are an end. */
const MISSES_MAX = 3;
const FAILED_SHARE_MAX = 0.05;
/** Fewer replies say nothing about a share. */
const REPLIES_FEW = 20;

/** Why the release is no good; undefined when it proved itself. */
export async function watchRelease(
  look: () => Promise<Look>,
  { version, readyWithinMs, watchMs }: Watching,
  clock: Clock,
): Promise<string | undefined> {
  const first = await firstReady(look, version, clock.monotonic() + readyWithinMs, clock);
  if (typeof first === "string") return first;
  const until = clock.monotonic() + watchMs;
  let misses = 0;
  while (clock.monotonic() < until) {
    await clock.sleep(LOOK_EVERY_MS);
    const seen = await look();
    const wrong = wrongWith(seen, version);
    misses = wrong === undefined ? 0 : misses + 1;
    if (wrong !== undefined && misses >= MISSES_MAX) return wrong;
    const failing = failingShare(first, seen);
    if (failing !== undefined) return failing;
  }
  return undefined;
}

async function firstReady(look: () => Promise<Look>, version: string, until: number, clock: Clock) {
  for (;;) {
    const seen = await look();
    const wrong = wrongWith(seen, version);
    if (wrong === undefined) return seen;
    if (clock.monotonic() >= until) return wrong;
    await clock.sleep(LOOK_EVERY_MS);
  }
}

function wrongWith({ ready, version: seen, reason }: Look, version: string): string | undefined {
  if (!ready) return reason ?? "it is not ready";
  return seen === version ? undefined : `version ${seen} answers, not ${version}`;
}

function failingShare({ replies: before }: Look, { replies: now }: Look): string | undefined {
  if (before === undefined || now === undefined) return undefined;
  const total = now.total - before.total;
  const failed = now.failed - before.failed;
  if (total < REPLIES_FEW || failed / total <= FAILED_SHARE_MAX) return undefined;
  return `${failed} of ${total} replies failed`;
}
