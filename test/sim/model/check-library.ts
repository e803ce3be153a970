import type { Fleet } from "../fleet/fleet.ts";
import { outcomeOf } from "./check-events.ts";
import { cursorRow, mirrorRows } from "./rig-disk.ts";

interface LibraryRow {
  readonly id: string;
  readonly rig_id: string;
  readonly body: string;
}

/** The library is what the events and answers say, and each rig has it, but for its own. */
export async function checkLibrary(fleet: Fleet): Promise<void> {
  const { monitor, rigs, model } = fleet;
  const rows = await monitor<LibraryRow[]>`select id, rig_id, body from episodes where not archived order by id`;
  const [state] = await monitor<{ epoch: string; version: string }[]>`
    select epoch, (select coalesce(max(version), 0) from library_versions) as version from library_state`;
  for (const rig of rigs) {
    if (rig.running === undefined || !rig.admitted) continue;
    checkMirror(fleet, rig.setup.rigId, new Map(mirrorRows(rig).map(({ id, json }) => [id, JSON.parse(json)])), rows);
    const cursor = cursorRow(rig);
    const at = `${cursor?.epoch}/${cursor?.version}`;
    const wanted = `${state?.epoch}/${state?.version}`;
    if (at !== wanted) model.broken(`${rig.setup.rigId} is at ${at}, the hub at ${wanted}`);
  }
  for (const { rigId, library } of fleet.oldRigs) checkMirror(fleet, rigId, new Map(library), rows);
  await checkEpisodes(fleet);
}

function checkMirror({ model }: Fleet, name: string, mirror: Map<string, unknown>, rows: readonly LibraryRow[]): void {
  for (const { id, rig_id, body } of rows) {
    if (rig_id === name) {
      if (mirror.has(id)) model.broken(`${name} has its own ${id}`);
    } else if (!mirror.has(id)) model.broken(`${name} lacks ${id}`);
    else if (!Bun.deepEquals(mirror.get(id), JSON.parse(body))) model.broken(`${name} has an old ${id}`);
    mirror.delete(id);
  }
  for (const id of mirror.keys()) model.broken(`${name} has ${id}, which is not in the library`);
}

interface PlacedEvent {
  readonly id: string;
  readonly rig_id: string;
  readonly category: string;
  readonly seconds: number;
  readonly depth: number;
  readonly advisory_s: number;
  readonly episode_id: string | null;
  readonly outcome: string | null;
}

/** Each event stands in the episode that the rule of sessions gives it, whatever order it came in; and what was said of it counts there. */
async function checkEpisodes({ monitor, model }: Fleet): Promise<void> {
  const events = await monitor<PlacedEvent[]>`
    select e.id, e.rig_id, e.category, extract(epoch from e.timestamp)::float8 as seconds, e.depth,
      extract(epoch from e.advisory_at)::float8 as advisory_s, e.episode_id, p.outcome
    from events e left join episodes p on p.id = e.episode_id
    where not e.held and e.curation_error is null order by e.rig_id, e.category, e.timestamp, e.id`;
  for (const group of groupsOf(events)) {
    const named = new Set(group.map(({ episode_id: id }) => id));
    const [first] = group;
    if (named.size !== 1 || first?.episode_id === null) {
      model.broken(`${group.map(({ id }) => id).join(", ")} should be one episode, and are ${[...named].join(", ")}`);
      continue;
    }
    // A rig that is kept out cannot tell what was said since.
    if (model.held.has(first?.rig_id ?? "")) continue;
    const wanted = bestOf(group.map((event) => nameOf(model.answerTo(event.rig_id, Math.round(event.advisory_s)))));
    if (first?.outcome !== wanted) model.broken(`${first?.episode_id} is ${first?.outcome}, and should be ${wanted}`);
  }
  const wholes = new Map<string, number>();
  for (const group of groupsOf(events)) {
    const id = group[0]?.episode_id ?? "";
    wholes.set(id, (wholes.get(id) ?? 0) + 1);
  }
  for (const [id, times] of wholes) if (times > 1) model.broken(`${id} is ${times} sessions in one`);
}

const GAP_S = 600;
const STEP_FT = 100;
const SPAN_S = 3600;

/** Of events in the order of rig, category and time. */
function groupsOf(events: readonly PlacedEvent[]): PlacedEvent[][] {
  const groups: PlacedEvent[][] = [];
  for (const event of events) {
    const open = groups.at(-1);
    const [first, last] = [open?.[0], open?.at(-1)];
    const continues =
      first !== undefined &&
      last !== undefined &&
      first.rig_id === event.rig_id &&
      first.category === event.category &&
      event.seconds - last.seconds <= GAP_S &&
      Math.abs(event.depth - last.depth) <= STEP_FT &&
      event.seconds - first.seconds <= SPAN_S;
    if (continues) open?.push(event);
    else groups.push([event]);
  }
  return groups;
}

const ORDER = ["FalsePositive", "Pending", "Escalated", "Resolved"];

function bestOf(names: readonly string[]): string {
  return ORDER[Math.max(...names.map((name) => ORDER.indexOf(name)))] ?? "Pending";
}

function nameOf(answer: Parameters<typeof outcomeOf>[0] | undefined): string {
  if (answer === undefined) return "Pending";
  const outcome = outcomeOf(answer);
  return typeof outcome === "string" ? outcome : (Object.keys(outcome as object)[0] ?? "");
}
