import { parseJson } from "../../../src/base/json.ts";
import type { Random } from "../../../src/base/random.ts";
import type { Zstd } from "../../../src/base/zstd.ts";
import type { EventRow } from "../../../src/db/events.ts";
import type { QuarantineEntry } from "../../../src/db/quarantine.ts";
import { differingPaths } from "../../../src/domain/json-difference.ts";
import { decodeEvent } from "../../../src/wire/codec.ts";
import type { FleetEvent } from "../../../src/wire/event.ts";
import { between, happens, pick, whole } from "./chance.ts";
import { rowOf, type MadeEvent } from "./event-rows.ts";
import { HOUR_MS, MINUTE_MS, SECOND_MS } from "./times.ts";

export const OPEN_CONFLICTS = 46;
export const DECIDED_CONFLICTS = 14;
/** They stand first in every list of events by time, so there are few. */
export const FUTURE_EVENTS = 4;
/** Twins are made of as many stored events. */
export const TWINS = OPEN_CONFLICTS + DECIDED_CONFLICTS;

const PATHS_SHOWN = 5;
const NOTES = [
  "The rig restored an old disk",
  "Same event, depth corrected on the rig",
  "Checked with the company man",
];

export type KeptEntry = QuarantineEntry & {
  readonly decision: "accepted" | "discarded" | null;
  readonly decided_at: Date | null;
  readonly decided_by: string | null;
  readonly decision_note: string | null;
};

interface Making {
  readonly random: Random;
  readonly zstd: Zstd;
  readonly nowMs: number;
}

const UNDECIDED = { decision: null, decided_at: null, decided_by: null, decision_note: null } as const;

/** Other bodies under ids that are stored: what a rig sends whose disk was put back by a day. */
export function twinEntries(making: Making, events: readonly MadeEvent[]): KeptEntry[] {
  return spread(events, TWINS).map(({ row }, nth) =>
    twinEntry(making, row, nth % 4 === 3 && nth < 4 * DECIDED_CONFLICTS),
  );
}

function twinEntry({ random, zstd, nowMs }: Making, row: EventRow, decided: boolean): KeptEntry {
  const stored = parseJson(zstd.decompress(row.frame, row.body_bytes));
  const event = decodeEvent(zstd.decompress(row.frame, row.body_bytes));
  const receivedMs = Math.min(nowMs - MINUTE_MS, row.received_at.getTime() + between(random, 0.2, 40) * HOUR_MS);
  const twin = rowOf(zstd, altered(random, event), receivedMs);
  const decidedAt = new Date(Math.min(nowMs - SECOND_MS, receivedMs + between(random, 1, 60) * HOUR_MS));
  return {
    event_id: row.id,
    rig_id: row.rig_id,
    reason: "conflict",
    detail: `it differs in ${differingPaths(stored, altered(random, event), PATHS_SHOWN).join(", ")}`,
    digest: twin.digest,
    frame: twin.frame,
    body_bytes: twin.body_bytes,
    clock_offset_s: null,
    received_at: new Date(receivedMs),
    ...UNDECIDED,
    ...(decided
      ? { decision: "discarded", decided_at: decidedAt, decided_by: "admin", decision_note: pick(random, NOTES) }
      : {}),
  };
}

/** Of as many rigs as there are among them. */
function spread<T>(events: readonly T[], count: number): T[] {
  const step = Math.max(1, Math.floor(events.length / count));
  return events.filter((_, nth) => nth % step === 0).slice(0, count);
}

function altered(random: Random, event: FleetEvent): FleetEvent {
  const depth = Math.round(((event.depth ?? 0) + between(random, 0.5, 9)) * 10) / 10;
  return { ...event, depth, notes: "entered again after the restart" };
}

export interface FutureEvent {
  readonly row: EventRow;
  readonly entry: KeptEntry;
}

/** Events of rigs whose clock was set to another day: stored, and held until a person has looked. */
export function futureEvents({ random, zstd, nowMs }: Making, events: readonly MadeEvent[]): FutureEvent[] {
  return spread(events, FUTURE_EVENTS).map(({ row }) => {
    const receivedMs = nowMs - whole(random, 20, 2000) * MINUTE_MS;
    const aheadS = whole(random, 26, 90) * 3600 + whole(random, 0, 3599);
    const second = Math.floor(receivedMs / SECOND_MS) + aheadS;
    const event = decodeEvent(zstd.decompress(row.frame, row.body_bytes));
    const ahead = { ...event, id: `${row.rig_id}-${second}`, timestamp: second };
    const advisory = { ...event.advisory, timestamp: second };
    const offset = happens(random, 0.8) ? aheadS : null;
    const held = { ...rowOf(zstd, { ...ahead, advisory }, receivedMs), held: true, clock_offset_s: offset };
    return { row: held, entry: futureEntry(held, aheadS) };
  });
}

function futureEntry(row: EventRow, aheadS: number): KeptEntry {
  const { id, rig_id, digest, body_bytes, clock_offset_s, received_at } = row;
  const detail = `its timestamp is ${aheadS} s ahead of the hub's clock`;
  const entry = { rig_id, digest, body_bytes, clock_offset_s, received_at };
  return { event_id: id, reason: "future_timestamp", detail, frame: null, ...entry, ...UNDECIDED };
}
