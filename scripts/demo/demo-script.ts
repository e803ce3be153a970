import type { Random } from "../../src/base/random.ts";
import type { FleetEvent } from "../../src/wire/event.ts";
import type { OutcomePatch } from "../../src/wire/outcome.ts";
import { categorise } from "../../src/recall/category.ts";
import { DEMO_PLACES, type DemoPlace } from "./demo-fleet.ts";
import type { DemoEvents } from "./fixtures.ts";
import { movedInTime } from "./moved.ts";
import type { Drillers } from "./seed/answers.ts";
import { between, whole } from "./seed/chance.ts";
import { DAY_MS, HOUR_MS, MINUTE_MS, SECOND_MS } from "./seed/times.ts";

/** What happened, and when the hub heard of it. */
export type Scene =
  | { readonly atMs: number; readonly kind: "event"; readonly rigId: string; readonly event: FleetEvent }
  | {
      readonly atMs: number;
      readonly kind: "answer";
      readonly rigId: string;
      readonly eventId: string;
      /** When that came. */
      readonly eventMs: number;
      readonly patch: OutcomePatch;
    }
  | { readonly atMs: number; readonly kind: "sync"; readonly rigId: string }
  | { readonly atMs: number; readonly kind: "curate"; readonly cause: "arrival" | "schedule" };

/** Of the weeks before; the newest ones have all that the fixtures hold. */
const EARLIER_EVENTS = 36;
/** The live story begins where the past has ended: no event of it belongs to a session of the past. */
const LIVE_AFTER_MS = 30 * MINUTE_MS;
const PASS_MS = 17 * DAY_MS;
const SYNC_EVERY_MS = 20 * HOUR_MS;
const CURATE_EVERY_MS = 8 * HOUR_MS;
const CURATES_A_DAY = DAY_MS / CURATE_EVERY_MS;

export interface ScriptInput {
  readonly random: Random;
  readonly drillers: Drillers;
  readonly nowMs: number;
  /** How much of the past is played. */
  readonly days: number;
  readonly events: DemoEvents;
  /** Situations that the live story wants to be the first of. */
  readonly untold: ReadonlySet<string>;
}

/** The last days of all rigs, in order. */
export function writeScript(input: ScriptInput): Scene[] {
  const scenes = [...DEMO_PLACES.flatMap((place) => rigScenes(input, place)), ...curations(input)];
  const fromMs = input.nowMs - input.days * DAY_MS;
  return scenes.filter((scene) => beginsAfter(scene, fromMs)).toSorted((left, right) => left.atMs - right.atMs);
}

/** An answer goes with its event. */
function beginsAfter(scene: Scene, fromMs: number): boolean {
  return scene.kind === "answer" ? scene.eventMs > fromMs : scene.atMs > fromMs;
}

function rigScenes(input: ScriptInput, place: DemoPlace): Scene[] {
  const endMs = input.nowMs - place.quietH * HOUR_MS - LIVE_AFTER_MS;
  const [first, second] = place.sources;
  const scenes = [
    ...pass(input, place, { source: first, endMs: endMs - PASS_MS, newest: EARLIER_EVENTS }),
    ...pass(input, place, { source: second, endMs, newest: Infinity }),
    ...syncs(input, place, endMs),
  ];
  return scenes.filter(({ atMs }) => atMs <= endMs + 5 * MINUTE_MS);
}

/** The events of a rig of the fixtures, so moved that the last of them is the newest. */
function pass(
  { random, drillers, events, untold, nowMs }: ScriptInput,
  place: DemoPlace,
  { source, endMs, newest }: { readonly source: string; readonly endMs: number; readonly newest: number },
): Scene[] {
  const told = events
    .of(source)
    .filter(({ id }) => !untold.has(events.phaseOf(id)))
    .slice(-newest);
  const shiftS = Math.floor(endMs / SECOND_MS) - (told.at(-1)?.timestamp ?? 0);
  return told.flatMap((original) => {
    const event = movedInTime(original, { second: original.timestamp + shiftS, place });
    const atMs = event.timestamp * SECOND_MS + Math.round(between(random, 2, 40) * SECOND_MS);
    const came: Scene = { atMs, kind: "event", rigId: place.rig_id, event };
    return [came, answers({ random, drillers, nowMs }, event, atMs)].flat();
  });
}

function answers(
  { random, drillers, nowMs }: Pick<ScriptInput, "random" | "drillers" | "nowMs">,
  event: FleetEvent,
  receivedMs: number,
): Scene[] {
  const { rig_id: rigId, id: eventId, advisory } = event;
  const { category } = categorise(event);
  const like = { diligence: 1.1, doubt: 1, lone: true };
  const replies = drillers.reply(random, { category, risk: advisory.risk_level, receivedMs, nowMs, ...like });
  return replies.map(({ outcome, action_taken, notes, atMs }) => {
    return { atMs, kind: "answer", rigId, eventId, eventMs: receivedMs, patch: { outcome, action_taken, notes } };
  });
}

function syncs({ random, nowMs, days }: ScriptInput, place: DemoPlace, endMs: number): Scene[] {
  const scenes: Scene[] = [];
  for (let atMs = endMs; atMs > nowMs - days * DAY_MS; atMs -= SYNC_EVERY_MS + whole(random, -30, 30) * MINUTE_MS) {
    scenes.push({ atMs, kind: "sync", rigId: place.rig_id });
  }
  return scenes;
}

function curations({ nowMs, days }: ScriptInput): Scene[] {
  return Array.from({ length: days * CURATES_A_DAY }, (_, nth): Scene => {
    const atMs = nowMs - nth * CURATE_EVERY_MS - MINUTE_MS;
    return { atMs, kind: "curate", cause: nth % CURATES_A_DAY === 0 ? "schedule" : "arrival" };
  });
}
