import type { CurationCause, CurationRun } from "../../db/curation-runs.ts";

export interface RunQueue {
  run(cause: CurationCause): Promise<CurationRun>;
  /** Resolves when no run goes on and none waits; never rejects. */
  idle(): Promise<void>;
  readonly running: boolean;
}

interface Waiting {
  cause: CurationCause;
  readonly done: Promise<CurationRun>;
}

/**
 * One run at a time. Who calls while one goes on gets the next one, all of them the same: the present one may have
 * passed what they came for.
 */
export function createRunQueue(execute: (cause: CurationCause) => Promise<CurationRun>): RunQueue {
  let current: Promise<CurationRun> | undefined;
  let next: Waiting | undefined;

  async function begin(cause: CurationCause): Promise<CurationRun> {
    const run = execute(cause);
    current = run;
    try {
      return await run;
    } finally {
      if (current === run) current = undefined;
    }
  }

  async function after(before: Promise<CurationRun>): Promise<CurationRun> {
    await Promise.allSettled([before]);
    const cause = next?.cause ?? "arrival";
    next = undefined;
    return begin(cause);
  }

  const latest = (): Promise<CurationRun> | undefined => next?.done ?? current;

  return {
    run(cause) {
      if (current === undefined) return begin(cause);
      if (next === undefined) next = { cause, done: after(current) };
      else next.cause = stronger(next.cause, cause);
      return next.done;
    },
    async idle() {
      for (let run = latest(); run !== undefined; run = latest()) await Promise.allSettled([run]);
    },
    get running() {
      return current !== undefined;
    },
  };
}

/** A run for an arrival does the least. */
function stronger(left: CurationCause, right: CurationCause): CurationCause {
  return left === "arrival" ? right : left;
}
