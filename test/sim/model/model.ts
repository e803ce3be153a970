import type { NetRequest } from "../../../src/base/net.ts";
import type { Sql } from "postgres";
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
  /** What the hub has of this rig is taken away. */
  purged(hub: Onlooker, rigId: string): Promise<void>;
  /** Nothing of this rig changes on the hub from now on … */
  frozen(hub: Onlooker, rigId: string): Promise<void>;
  /** … until now. */
  thawed(rigId: string): void;
  /** Of rigs that are kept out: what the hub has of them. */
  readonly held: ReadonlyMap<string, string>;
  broken(claim: string): void;
  readonly violations: readonly string[];
  readonly events: ReadonlyMap<number, Offered>;
  /** The last word on an advisory. */
  answerTo(rigId: string, advisoryTimestamp: number): Answer | undefined;
  isPurged(id: string): boolean;
}

/** Whoever can look at the hub's rows. */
export interface Onlooker {
  readonly monitor: Sql;
}

const REFUSALS: ReadonlySet<number> = new Set([401, 403, 429, 500, 503]);

export function createModel(): Model {
  const events = new Map<number, Offered>();
  const answers = new Map<string, Answer>();
  const ended = new Set<string>();
  const purged = new Set<string>();
  const held = new Map<string, string>();
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
    held,
    async purged({ monitor }, rigId) {
      const rows = await monitor<{ id: string }[]>`select id from events where rig_id = ${rigId}`;
      for (const { id } of rows) purged.add(id);
    },
    async frozen(hub, rigId) {
      held.set(rigId, await standing(hub, rigId));
    },
    thawed: (rigId) => void held.delete(rigId),
    answerTo: (rigId, timestamp) => answers.get(place(rigId, timestamp)),
    isPurged: (id) => purged.has(id),
  };
}

/** All that a rig's key could change. */
export async function standing({ monitor }: Onlooker, rigId: string): Promise<string> {
  const rows = await monitor<{ said: string }[]>`
    select concat_ws(' ', id, encode(digest, 'hex'), outcome, action_taken, notes) as said
    from events where rig_id = ${rigId} order by id`;
  return rows.map(({ said }) => said).join("\n");
}

/** Each rig counts for itself. */
function offset(rigId: string): number {
  return Number(rigId.replace(/\D/g, "")) * 100_000;
}

export function nthOf(event: NumberedEvent): number {
  return event.sim_nth + offset(event.rig_id);
}
