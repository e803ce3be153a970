import { Fault } from "../base/fault.ts";
import type { EventRow } from "../db/events.ts";
import type { ToldQueue } from "../db/heard-rigs.ts";
import { FUTURE_MAX_S, LATE_AFTER_S } from "../wire/protocol.ts";
import type { Upload } from "./ingest.ts";
import { believable, believableDrops, clockOffsetS, toldQueue } from "./rig-reports.ts";
import { eventContent } from "./stored-event.ts";

/** An upload as it will be stored; the parsed event is let go, because many of them may wait. */
export interface PreparedUpload {
  readonly row: EventRow;
  readonly keyHash: Uint8Array;
  /** Rig clock minus hub clock, s; null when the rig did not tell its time. */
  readonly rigOffsetS: number | null;
  readonly wireBytes: number;
  readonly queue: ToldQueue | null;
  /** Since it last told. */
  readonly droppedEvents: number;
}

/** The rig's key alone says whose event it is: a body that names another rig is refused. */
export function prepareUpload(upload: Upload, nowMs: number): PreparedUpload {
  const { event, rig, rigTimeMs } = upload;
  if (event.rig_id !== rig.rigId) {
    throw new Fault(
      "rig_mismatch",
      `the event's rig_id is not ${rig.rigId}, whose key this is`,
      "use the rig's own key",
    );
  }
  const receivedAt = new Date(nowMs);
  const aheadS = event.timestamp - nowMs / 1000;
  const rigOffsetS = clockOffsetS(rigTimeMs, nowMs);
  const held = aheadS > FUTURE_MAX_S;
  const row: EventRow = {
    id: event.id,
    rig_id: event.rig_id,
    ...eventContent(upload, receivedAt),
    late: -aheadS > LATE_AFTER_S,
    held,
    clock_offset_s: rigOffsetS ?? (held ? aheadS : null),
    received_at: receivedAt,
    queued_at: believable(upload.queuedAtMs, nowMs),
    sent_at: believable(rigTimeMs, nowMs),
  };
  return {
    row,
    keyHash: rig.keyHash,
    rigOffsetS,
    wireBytes: upload.wireBytes ?? upload.frame.byteLength,
    queue: toldQueue(upload.queue),
    droppedEvents: believableDrops(upload.droppedEvents),
  };
}
