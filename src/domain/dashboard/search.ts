import { isStorable } from "../../base/json.ts";
import { nearestFew } from "../../base/nearest.ts";
import { eventsAround, eventsAt, knownIds, rigNames, type KnownIds, type RigName } from "../../db/dashboard/search.ts";
import { episodeId } from "../../wire/identity.ts";
import type { HubContext } from "../context.ts";

export const SEARCH_TEXT_MAX = 200;
/** Rigs whose names are compared; far above a fleet. */
const RIGS_MAX = 2000;
const SUGGESTIONS_MAX = 12;
/** Of one kind. */
const NEAR_MAX = 5;
const EPISODE_END = "-episode";
/** `RIG-7-1794187658`, `RIG-7-1794187658-2`: the rig, then the second. */
const EVENT_ID = /^(.+?)(-(\d{1,11})(?:-\d{1,4})?)$/;
const SECONDS = /^\d{9,11}$/;

export type TargetKind = "rig" | "well" | "event" | "episode";

export interface Target {
  readonly kind: TargetKind;
  readonly id: string;
}

export interface Found {
  /** There is exactly this: go straight there. */
  readonly exact: Target | undefined;
  /** Otherwise what comes nearest, the likeliest first. */
  readonly near: readonly Target[];
}

/**
 * Where a text leads: to a rig, a well, an event or an episode of that name, in this order; upper and lower case are
 * the same for rigs. A handful of looks by index, whatever is typed.
 */
export async function find({ sql }: HubContext, typed: string): Promise<Found> {
  const text = typed.trim().slice(0, SEARCH_TEXT_MAX);
  if (text === "" || !isStorable(text)) return { exact: undefined, near: [] };
  const rigs = await rigNames(sql, RIGS_MAX);
  const eventIds = meantEvents(text, rigs);
  const known = await knownIds(sql, { events: eventIds, episodes: eventIds.map(episodeId), well: text });
  const exact = exactly(text, rigs, known);
  return { exact, near: exact === undefined ? await nearby(sql, text, { rigs, known }) : [] };
}

function exactly(text: string, rigs: readonly RigName[], known: KnownIds): Target | undefined {
  const rig = rigs.find(({ rig_id }) => same(rig_id, text));
  if (rig !== undefined) return { kind: "rig", id: rig.rig_id };
  const well = rigs.find(({ well_id }) => same(well_id, text))?.well_id ?? known.wells[0];
  if (well !== undefined) return { kind: "well", id: well };
  const wanted = withoutEnd(text);
  const kinds = text.endsWith(EPISODE_END) ? (["episode", "event"] as const) : (["event", "episode"] as const);
  const found = targets(known).filter(({ kind, id }) => same(kind === "episode" ? withoutEnd(id) : id, wanted));
  return kinds.map((kind) => found.find((target) => target.kind === kind)).find((target) => target !== undefined);
}

/** The id as typed, with the rig's name as it is really written, and with names of rigs that come near. */
function meantEvents(text: string, rigs: readonly RigName[]): string[] {
  const id = withoutEnd(text);
  const [, rig = "", rest = ""] = EVENT_ID.exec(id) ?? [];
  if (rig === "") return [id];
  const names = rigs.map(({ rig_id }) => rig_id);
  const meant = [...names.filter((name) => same(name, rig)), ...nearestFew(rig, names, NEAR_MAX)];
  return [...new Set([id, ...meant.map((name) => name + rest)])];
}

async function nearby(
  sql: HubContext["sql"],
  text: string,
  { rigs, known }: { readonly rigs: readonly RigName[]; readonly known: KnownIds },
): Promise<Target[]> {
  const names = rigs.map(({ rig_id }) => rig_id);
  const wells = [...new Set(rigs.map(({ well_id }) => well_id))];
  const near = [
    ...targets(known),
    ...(await eventsOf(sql, text, names)),
    ...alike(text, names).map((id): Target => ({ kind: "rig", id })),
    ...alike(text, wells).map((id): Target => ({ kind: "well", id })),
  ];
  const unlike = new Map(near.map((target) => [`${target.kind} ${target.id}`, target]));
  return [...unlike.values()].slice(0, SUGGESTIONS_MAX);
}

/** An id that is not there: the rig's events around its second. A bare number: what happened in that second. */
async function eventsOf(sql: HubContext["sql"], text: string, names: readonly string[]): Promise<Target[]> {
  const [, rig = "", , second = ""] = EVENT_ID.exec(withoutEnd(text)) ?? [];
  const rigId = names.find((name) => same(name, rig)) ?? nearestFew(rig, names, 1)[0];
  const ids =
    rigId !== undefined
      ? await eventsAround(sql, { rigId, at: new Date(Number(second) * 1000), limit: NEAR_MAX })
      : SECONDS.test(text)
        ? await eventsAt(sql, new Date(Number(text) * 1000), NEAR_MAX)
        : [];
  return ids.map((id) => ({ kind: "event", id }));
}

function targets({ events, episodes }: KnownIds): Target[] {
  return [
    ...events.map((id): Target => ({ kind: "event", id })),
    ...episodes.map((id): Target => ({ kind: "episode", id })),
  ];
}

/** Names that begin with the text or have it inside, then those that are mistyped. */
function alike(text: string, names: readonly string[]): string[] {
  const small = text.toLowerCase();
  const within = names
    .filter((name) => name.toLowerCase().includes(small))
    .toSorted((one, two) => one.toLowerCase().indexOf(small) - two.toLowerCase().indexOf(small));
  return [...new Set([...within.slice(0, NEAR_MAX), ...nearestFew(text, names, NEAR_MAX)])].slice(0, NEAR_MAX);
}

function same(one: string, two: string): boolean {
  return one.toLowerCase() === two.toLowerCase();
}

function withoutEnd(text: string): string {
  return text.endsWith(EPISODE_END) ? text.slice(0, -EPISODE_END.length) : text;
}
