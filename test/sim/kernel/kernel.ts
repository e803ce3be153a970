import { Heap } from "./heap.ts";
import type { Dice } from "./random.ts";
import type { Trace } from "./trace.ts";

/** One run of a process. Once it is dead, nothing that it waits for ever comes. */
export interface Life {
  readonly name: string;
  dead: boolean;
}

export interface Scheduled {
  cancelled: boolean;
}

/**
 * Time, and whoever waits for it. One thing happens at a time: a release runs until everybody waits again, then the
 * next one is picked, by time and, where times are equal, by the seed.
 */
export interface Kernel {
  /** Virtual ms since the run began. */
  readonly nowMs: number;
  /** `run` may wait for something real, like the database's answer: nothing else happens meanwhile. */
  after(delayMs: number, life: Life, what: string, run: () => void | Promise<void>): Scheduled;
  /** The same, unseen in the trace: for what happens often and means nothing by itself. */
  quietly(delayMs: number, life: Life, run: () => void | Promise<void>): Scheduled;
  /** Until nothing is due before that time, or the work is `done`. */
  runUntil(endMs: number, done?: () => boolean): Promise<void>;
  /** Releases that wait for somebody alive. */
  waiting(): number;
  note(life: Life, what: string): void;
  readonly releases: number;
}

interface Entry extends Scheduled {
  readonly atMs: number;
  readonly tie: number;
  readonly nth: number;
  readonly life: Life;
  readonly what: string | undefined;
  readonly run: () => void | Promise<void>;
}

/** What runs without a wait of ours needs at most so many turns of the real event loop: streams, and the client's own. */
const TURNS = 3;
const immediate = globalThis.setImmediate;

export function createKernel(dice: Dice, trace: Trace): Kernel {
  const due = new Heap<Entry>(isBefore);
  let nowMs = 0;
  let nth = 0;
  let releases = 0;

  function schedule(delayMs: number, life: Life, what: string | undefined, run: Entry["run"]): Scheduled {
    const atMs = nowMs + Math.max(0, Math.round(delayMs));
    const entry: Entry = { atMs, tie: dice.u32(), nth: nth++, life, what, run, cancelled: false };
    if (!life.dead) due.push(entry);
    return entry;
  }

  async function release(entry: Entry): Promise<void> {
    nowMs = entry.atMs;
    if (entry.cancelled || entry.life.dead) return;
    releases++;
    if (entry.what !== undefined) trace.add(nowMs, entry.life.name, entry.what);
    await entry.run();
    await settled();
  }

  return {
    get nowMs() {
      return nowMs;
    },
    get releases() {
      return releases;
    },
    after: schedule,
    quietly: (delayMs, life, run) => schedule(delayMs, life, undefined, run),
    async runUntil(endMs, done = () => false) {
      await settled();
      for (let next = due.first(); next !== undefined && next.atMs <= endMs && !done(); next = due.first()) {
        due.pop();
        await release(next);
      }
      if (!done()) nowMs = Math.max(nowMs, endMs);
    },
    waiting() {
      let count = 0;
      const kept: Entry[] = [];
      for (let next = due.pop(); next !== undefined; next = due.pop()) kept.push(next);
      for (const entry of kept) {
        if (!entry.cancelled && !entry.life.dead) count++;
        due.push(entry);
      }
      return count;
    },
    note: (life, what) => trace.add(nowMs, life.name, what),
  };
}

function isBefore(left: Entry, right: Entry): boolean {
  if (left.atMs !== right.atMs) return left.atMs < right.atMs;
  return left.tie === right.tie ? left.nth < right.nth : left.tie < right.tie;
}

/** Everybody has come to a wait of ours. */
async function settled(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await new Promise<void>((resolve) => void immediate(resolve));
}
