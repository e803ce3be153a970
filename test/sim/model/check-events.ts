import { readEvent } from "../../../src/domain/events.ts";
import type { Fleet } from "../fleet/fleet.ts";
import type { NumberedEvent } from "../fleet/events.ts";
import { nthOf, standing, type Answer, type Offered } from "./model.ts";
import { receiptsOf, toldDifferently, waitingOn } from "./rig-disk.ts";

/** Every event that was kept is on the hub once, unchanged, with the driller's last word. */
export async function checkEvents(fleet: Fleet): Promise<void> {
  const { model, monitor } = fleet;
  const held = Map.groupBy(await heldEvents(fleet), nthOf);
  const excused = new Set(fleet.rigs.flatMap((rig) => [...receiptsOf(rig), ...(rig.admitted ? [] : waitingOn(rig))]));
  const apart = new Set(fleet.rigs.flatMap((rig) => toldDifferently(rig).map((nth) => `${rig.setup.rigId} ${nth}`)));
  for (const [nth, offered] of model.events) {
    const there = held.get(nth) ?? [];
    if (there.length === 0 && apart.has(`${offered.event.rig_id} ${offered.event.sim_nth}`)) continue;
    held.delete(nth);
    checkOne(fleet, offered, there, excused);
  }
  for (const [nth] of held) model.broken(`the hub has event ${nth}, which no rig made`);
  for (const [rigId, before] of model.held) {
    const now = await standing(fleet, rigId);
    if (now !== before) model.broken(`${rigId} is kept out, and something of it changed`);
  }
  const [counts] = await monitor<{ off: string }[]>`
    select abs((select count(*) from events) - (select coalesce(sum(events), 0) from daily_counts))
      + abs((select count(*) from events) - (select coalesce(sum(event_count), 0) from rigs))
      + abs((select count(*) from events) - (select coalesce(sum(events), 0) from fleet_days)) as off`;
  if (Number(counts?.off) !== 0) model.broken(`the hub's counts are off by ${counts?.off}`);
}

function checkOne(
  { model }: Fleet,
  { event, kept, id }: Offered,
  there: readonly NumberedEvent[],
  excused: ReadonlySet<string>,
): void {
  if (there.length > 1) return model.broken(`${event.id} is there ${there.length} times`);
  const [one] = there;
  if (one === undefined) {
    const known = id === undefined ? siblings(event.id) : [id];
    const isExcused = known.some((each) => excused.has(each) || model.isPurged(each));
    if (kept && !isExcused) model.broken(`${known[0]} was kept and is lost`);
    return;
  }
  if (id !== undefined && one.id !== id) model.broken(`${id} is there as ${one.id}`);
  // A rig that is kept out has no way to tell what was said since.
  if (model.held.has(event.rig_id)) return;
  const wanted = canonical(expected({ ...event, id: one.id }, model.answerTo(event.rig_id, event.advisory.timestamp)));
  const found = canonical(one);
  if (wanted !== found) model.broken(`${one.id} is not as it should be: ${difference(wanted, found)}`);
}

const SIBLINGS = 4;

/** A file's event is given its id by the spoke: the second of one second gets `-2`. */
function siblings(id: string): string[] {
  return [id, ...Array.from({ length: SIBLINGS }, (_, nth) => `${id}-${nth + 2}`)];
}

/** With what the driller said last. */
function expected(event: NumberedEvent, answer: Answer | undefined): unknown {
  if (answer === undefined) return event;
  return { ...event, outcome: outcomeOf(answer), notes: answer.notes };
}

export function outcomeOf({ action, notes }: Answer): unknown {
  if (action === "dismissed") return "FalsePositive";
  if (action === "escalated") return { Escalated: { reason: notes } };
  return { Resolved: { action_taken: action } };
}

async function heldEvents({ monitor, hubs }: Fleet): Promise<NumberedEvent[]> {
  const context = hubs.find(({ running }) => running !== undefined)?.running?.context;
  if (context === undefined) throw new Error("a hub runs when all is over");
  const ids = await monitor<{ id: string }[]>`select id from events order by id`;
  const events: NumberedEvent[] = [];
  for (const { id } of ids) {
    const found = await readEvent({ ...context, sql: monitor }, id);
    if (found !== undefined) events.push(JSON.parse(new TextDecoder().decode(found.json)) as NumberedEvent);
  }
  return events;
}

/** Keys in order, at every depth. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value === null || typeof value !== "object") return JSON.stringify(value);
  const entries = Object.entries(value).toSorted(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`).join(",")}}`;
}

function difference(wanted: string, found: string): string {
  let at = 0;
  while (at < wanted.length && wanted[at] === found[at]) at++;
  const from = Math.max(0, at - 30);
  return `wanted …${wanted.slice(from, at + 60)}…, found …${found.slice(from, at + 60)}…`;
}
