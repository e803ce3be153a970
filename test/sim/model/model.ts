import type { NetRequest } from "../../../src/base/net.ts";
import type { NumberedEvent } from "../fleet/events.ts";

/** What a driller said of an advisory. */
export interface Answer {
  readonly action: string;
  readonly notes: string;
}

/** An event as the rig software offered it, and what became of it before it was the spoke's. */
export interface Offered {
  readonly event: NumberedEvent;
  /** Whether the spoke has promised to keep it. */
  kept: boolean;
  /** The id it was given; undefined where nobody was told. */
  id: string | undefined;
}

/**
 * What must be true, known from what was done at the edges alone: what was handed in, what was answered, which keys
 * are good. It shares no code with what it judges.
 */
export interface Model {
  offered(event: NumberedEvent): void;
  /** The enqueue returned, or the file lies in the folder. */
  enqueued(event: NumberedEvent, id: string | undefined): void;
  answered(event: NumberedEvent, answer: Answer): void;
  /** A request arrives at a hub; the result is told how it was answered. */
  request(request: NetRequest): (status: number) => void;
  /** From now on this key opens nothing. */
  keyEnded(key: string): void;
  /** Everything that this rig sent so far is gone for good. */
  purged(rigId: string): void;
  broken(claim: string): void;
  readonly violations: readonly string[];
  readonly events: ReadonlyMap<number, Offered>;
  /** The last word on an advisory. */
  answerTo(rigId: string, advisoryTimestamp: number): Answer | undefined;
  isPurged(nth: number): boolean;
}

const REFUSALS: ReadonlySet<number> = new Set([401, 403, 429, 500, 503]);

export function createModel(): Model {
  const events = new Map<number, Offered>();
  const answers = new Map<string, Answer>();
  const ended = new Set<string>();
  const purged = new Set<number>();
  const violations: string[] = [];
  const broken = (claim: string): void => {
    if (violations.length < 50) violations.push(claim);
  };
  const place = (rigId: string, timestamp: number): string => `${rigId} ${timestamp}`;
  return {
    events,
    violations,
    broken,
    offered: (event) => void events.set(event.sim_nth + offset(event.rig_id), { event, kept: false, id: undefined }),
    enqueued(event, id) {
      const known = events.get(event.sim_nth + offset(event.rig_id));
      if (known === undefined) return broken(`${event.id} was taken and never offered`);
      known.kept = true;
      known.id = id;
    },
    answered: (event, answer) => void answers.set(place(event.rig_id, event.advisory.timestamp), answer),
    request({ headers, method, url }) {
      const key = headers["Authorization"]?.replace("Bearer ", "") ?? "";
      if (!ended.has(key)) return () => {};
      return (status) => {
        if (!REFUSALS.has(status)) broken(`a key that had ended got ${status} for ${method} ${new URL(url).pathname}`);
      };
    },
    keyEnded: (key) => void ended.add(key),
    purged(rigId) {
      for (const [nth, { event }] of events) if (event.rig_id === rigId) purged.add(nth);
    },
    answerTo: (rigId, timestamp) => answers.get(place(rigId, timestamp)),
    isPurged: (nth) => purged.has(nth),
  };
}

/** Each rig counts for itself. */
function offset(rigId: string): number {
  return Number(rigId.replace(/\D/g, "")) * 100_000;
}

export function nthOf(event: NumberedEvent): number {
  return event.sim_nth + offset(event.rig_id);
}
