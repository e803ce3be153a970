import type { Sql } from "postgres";
import { inBulk, insertRows } from "./bulk.ts";
import { curate, type EpisodeLife } from "./episode-lives.ts";
import { sessionEvents, type EventMaking, type MadeEvent } from "./event-rows.ts";
import type { SessionPlan } from "./session-plan.ts";
import { Recalled } from "./shown.ts";
import { storeAnswers, storeEventRows } from "./store.ts";
import type { Calendar } from "./times.ts";
import type { SeedProgress } from "../seed-large.ts";

/** Events that a transaction takes; sessions are never parted. */
const FLUSH_EVENTS = 4000;
/** Events that other bodies and clocks are made up for. */
const NEWEST_KEPT = 400;

export interface StoredSessions {
  readonly events: number;
  readonly lives: readonly EpisodeLife[];
  readonly newest: readonly MadeEvent[];
  /** By rig and UTC day of arrival. */
  readonly uploads: ReadonlyMap<string, { readonly events: number; readonly bytes: number }>;
  readonly eventsByDay: ReadonlyMap<string, number>;
}

interface StoreInput {
  readonly sql: Sql;
  readonly calendar: Calendar;
  readonly making: EventMaking;
  readonly plans: readonly SessionPlan[];
  readonly progress: (progress: SeedProgress) => void;
}

/** Makes and stores the events in about the order in which they came, with what curation made of them. */
export async function storeSessions({ sql, calendar, making, plans, progress }: StoreInput): Promise<StoredSessions> {
  const lives: EpisodeLife[] = [];
  const uploads = new Map<string, { events: number; bytes: number }>();
  const eventsByDay = new Map<string, number>();
  const of = plans.reduce((sum, plan) => sum + plan.events, 0);
  const recalled = new Recalled();
  let newest: MadeEvent[] = [];
  let events = 0;
  for (let at = 0; at < plans.length;) {
    const made: MadeEvent[] = [];
    for (; at < plans.length && made.length < FLUSH_EVENTS; at++) {
      const plan = plans[at];
      if (plan !== undefined) made.push(...sessionEvents(making, plan));
    }
    const more = await flush({ sql, calendar, recalled }, made);
    recalled.learn(more);
    lives.push(...more);
    for (const one of made) count(uploads, eventsByDay, one);
    newest = [...newest, ...made].slice(-NEWEST_KEPT);
    events += made.length;
    progress({ step: "events", done: events, of });
  }
  return { events, lives, newest, uploads, eventsByDay };
}

async function flush(
  { sql, calendar, recalled }: Pick<StoreInput, "sql" | "calendar"> & { readonly recalled: Recalled },
  made: readonly MadeEvent[],
): Promise<readonly EpisodeLife[]> {
  const { lives, merges, places } = curate(calendar, made);
  const ordered = made.toSorted((left, right) => left.row.received_at.getTime() - right.row.received_at.getTime());
  await inBulk(sql, async (tx) => {
    await storeEventRows(
      tx,
      ordered.map(({ row }) => ({ row, episode_id: places.get(row.id) ?? null })),
    );
    await storeAnswers(tx, ordered);
    await insertRows(tx, { table: "shown_precedents", rows: recalled.rowsOf(ordered) });
    await insertRows(tx, { table: "merge_audit", rows: merges });
  });
  return lives;
}

function count(
  uploads: Map<string, { events: number; bytes: number }>,
  eventsByDay: Map<string, number>,
  { row }: MadeEvent,
): void {
  const day = row.received_at.toISOString().slice(0, 10);
  const key = `${row.rig_id} ${day}`;
  const { events, bytes } = uploads.get(key) ?? { events: 0, bytes: 0 };
  uploads.set(key, { events: events + 1, bytes: bytes + row.frame.byteLength });
  eventsByDay.set(day, (eventsByDay.get(day) ?? 0) + 1);
}
