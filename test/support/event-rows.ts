import type { ISql, JSONValue } from "postgres";
import { runtimeZstd } from "../../src/base/zstd.ts";
import type { EventRow } from "../../src/db/events.ts";
import { eventContent } from "../../src/domain/stored-event.ts";
import type { FleetEvent } from "../../src/wire/event.ts";
import { encodeEvent } from "../../src/wire/codec.ts";
import { anEvent } from "./builders.ts";
import { enrolRigs } from "./episode-rows.ts";

const RECEIVED = Date.parse("2026-11-22T00:00:00Z");
const PLAIN = eventContent(bodyOf(anEvent()), new Date(RECEIVED));

export interface EventSpec extends Partial<Omit<EventRow, "timestamp">> {
  /** Unix s; names the event unless an id is given. */
  readonly second?: number;
}

/** The row of a stored event, a High one of RIG-1 in well control. Give what the test is about. */
export function anEventRow({ second = PLAIN.timestamp.getTime() / 1000, ...spec }: EventSpec = {}): EventRow {
  const rig_id = spec.rig_id ?? "RIG-1";
  const timestamp = new Date(second * 1000);
  return {
    ...PLAIN,
    id: `${rig_id}-${second}`,
    rig_id,
    timestamp,
    advisory_at: timestamp,
    late: false,
    held: false,
    clock_offset_s: null,
    received_at: new Date(RECEIVED),
    queued_at: null,
    sent_at: null,
    ...spec,
  };
}

/** The row that ingest makes of an event, received at the given place in the order. */
export function rowOf(event: FleetEvent, place = 0): EventRow {
  const received_at = new Date(RECEIVED + place);
  const { id, rig_id } = event;
  const content = eventContent(bodyOf(event), received_at);
  const untold = { late: false, held: false, clock_offset_s: null, queued_at: null, sent_at: null };
  return { ...content, id, rig_id, ...untold, received_at };
}

function bodyOf(event: FleetEvent) {
  const json = encodeEvent(event);
  return { event, json, frame: runtimeZstd.compress(json) };
}

/** Stores them as they are, with the rigs they need. */
export async function storeRows(sql: ISql, rows: readonly EventRow[]): Promise<void> {
  await enrolRigs(sql, [...new Set(rows.map(({ rig_id }) => rig_id))]);
  const values = rows.map((row) => ({
    ...row,
    payload: sql.json(row.payload as JSONValue),
    key_metrics: sql.json(row.key_metrics),
  }));
  if (values.length > 0) await sql`insert into events ${sql(values)}`;
}
