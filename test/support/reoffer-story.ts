import { registerRig } from "../../src/domain/rigs.ts";
import { restoreInto } from "../../src/domain/backup/restore.ts";
import { anEvent, aWindow } from "./builders.ts";
import { placeOf, sourceOf, takeBackup } from "./backup-hub.ts";
import { ADMIN } from "./domain-hub.ts";
import { emptyDatabase, testDatabase, type Engine } from "./postgres.ts";
import { hubOver, netTo, wholeRig, type Hub } from "./restored-hub.ts";

const FIRST_SECOND = 1_790_000_000;
const APART_S = 700;
const RIGS = ["RIG-1", "RIG-2"];

export interface Story {
  readonly engine: Engine;
  readonly before: number;
  readonly after: number;
  /** Less than what is offered, so that the pages wait for room. */
  readonly queueMax: number;
}

export interface Told {
  /** Of the events that came after the backup, those that are there again. */
  readonly back: number;
  /** Events of which the hub's own counts know more or fewer than one. */
  readonly doubled: number;
  /** Rows by which the two hubs differ in body or answer. */
  readonly different: number;
  readonly offers: number;
  /** Requests of a round after everything had come back. */
  readonly idle: readonly string[];
  readonly dropped: number;
}

/** Backup, more events and answers, hub lost, restored elsewhere, and the rigs come by. */
export async function hubIsLost({ engine, before, after, queueMax }: Story): Promise<Told> {
  let hub: Hub = await hubOver(await testDatabase(engine));
  const { net, asked } = netTo(() => hub);
  const rigs = await Promise.all(
    RIGS.map(async (rig_id) => {
      const { api_key } = await registerRig(hub.context, { rig_id, well_id: "W", field: "F" }, ADMIN);
      return wholeRig(net, { rig_id, api_key, queue_max_events: queueMax });
    }),
  );
  const send = async (from: number, count: number): Promise<void> => {
    for (let at = from; at < from + count; at++) enqueue(at);
    await passBy();
  };
  const passBy = async (): Promise<void> => {
    for (const { sync, uploader } of rigs) {
      await sync.syncOnce();
      await uploader().uploadOnce();
    }
  };
  const enqueue = (at: number): void => {
    const rig_id = RIGS[at % RIGS.length] ?? "";
    rigs[at % RIGS.length]?.enqueue(
      anEvent({ rig_id, timestamp: FIRST_SECOND + at * APART_S, history_window: aWindow(FIRST_SECOND, 100, 1) }),
    );
  };
  const answer = async (every: number, action_taken: string, count: number): Promise<void> => {
    for (let at = 0; at < count; at += every) {
      const ticketTimestamp = FIRST_SECOND + at * APART_S;
      const patch = { outcome: "Resolved", action_taken, notes: null } as const;
      rigs[at % RIGS.length]?.queue.recordOutcome({ ticketTimestamp, acknowledgedAt: ticketTimestamp + at, patch });
    }
    await passBy();
  };
  for (let at = 0; at < before; at += queueMax) await send(at, Math.min(queueMax, before - at));
  await answer(7, "early answer", before);
  await hub.curator.run("request");
  const { path } = await takeBackup(hub.database);
  for (let at = before; at < before + after; at += queueMax) {
    await send(at, Math.min(queueMax, before + after - at));
  }
  await answer(5, "late answer", before + after);
  const lost = await standing(hub);
  await hub.close();
  const target = await (engine === "embedded" ? testDatabase(engine) : emptyDatabase(engine));
  await restoreInto(sourceOf(path), placeOf(target), undefined);
  hub = await hubOver(target);
  asked.length = 0;
  await passBy();
  await passBy();
  const offers = asked.filter((call) => call === "POST offer").length;
  const restored = await standing(hub);
  asked.length = 0;
  await passBy();
  const told = {
    back: [...lost.keys()].slice(before).filter((id) => restored.has(id)).length,
    doubled: await miscounted(hub),
    different: [...lost].filter(([id, row]) => restored.get(id) !== row).length + restored.size - lost.size,
    offers,
    idle: asked.filter((call) => call !== "GET library"),
    dropped: rigs.reduce((sum, { queue }) => sum + queue.status().dropped_untold, 0),
  };
  for (const rig of rigs) rig.close();
  await hub.close();
  return told;
}

/** What the hub holds of each event, in the order in which they were made. */
async function standing({ context }: Hub): Promise<Map<string, string>> {
  const rows = await context.sql<{ id: string; held: string }[]>`
    select id, concat_ws('/', encode(digest, 'hex'), outcome, action_taken, notes) as held
    from events order by timestamp, id`;
  return new Map(rows.map(({ id, held }) => [id, held]));
}

async function miscounted({ context }: Hub): Promise<number> {
  const [row] = await context.sql<{ off: string }[]>`
    select abs((select count(*) from events) - (select sum(events) from daily_counts))
      + abs((select count(*) from events) - (select sum(event_count) from rigs))
      + abs((select count(*) from events) - (select sum(events) from fleet_days)) as off`;
  return Number(row?.off ?? Number.NaN);
}
