import type { ISql } from "postgres";
import { sameBytes } from "../base/digest.ts";
import { Fault } from "../base/fault.ts";
import { isRowError, isTransient } from "../db/errors.ts";
import { storeEvents, type EventRow } from "../db/events.ts";
import type { HeardRig } from "../db/heard-rigs.ts";
import { addDropped } from "../db/drop-receipts.ts";
import { keepAside, type QuarantineEntry } from "../db/quarantine.ts";
import { lockRigs, type RigKeys } from "../db/rigs.ts";
import type { HubContext } from "./context.ts";
import type { UploadResult } from "./ingest.ts";
import type { PreparedUpload } from "./ingest-prepare.ts";
import { judgeKnown } from "./ingest-known.ts";
import { keyRefusal } from "./rig-access.ts";

export type Settled = { readonly result: UploadResult } | { readonly error: unknown };

/**
 * Writes a group in one transaction; each upload gets its own result, in order. Never rejects. When the database
 * refuses a row, each upload is tried alone, so that a poison row fails only itself.
 */
export async function commitUploads(context: HubContext, uploads: readonly PreparedUpload[]): Promise<Settled[]> {
  try {
    return await context.sql.begin((tx) => commitGroup(context, tx, uploads));
  } catch (error) {
    const retry = uploads.length > 1 && (isRowError(error) || isTransient(error));
    if (!retry) return uploads.map(() => ({ error: isRowError(error) ? unstorable(error) : error }));
  }
  const settled: Settled[] = [];
  for (const upload of uploads) settled.push(...(await commitUploads(context, [upload])));
  return settled;
}

async function commitGroup(context: HubContext, tx: ISql, uploads: readonly PreparedUpload[]): Promise<Settled[]> {
  const nowMs = context.clock.now();
  const at = new Date(nowMs);
  const rigs = await lockedRigs(tx, uploads);
  const settled = refuse(rigs, uploads, nowMs);
  const admitted = uploads.filter((upload) => !settled.has(upload));
  const firsts = firstOfEachId(admitted);
  const rows = firsts.map(({ row }) => row);
  const fresh = await storeEvents(tx, { rows, rigs: heardRigs(rigs, admitted), at, shard: context.shard });
  await noteDropped(tx, admitted, at);
  const stored = firsts.filter(({ row }) => fresh.has(row.id));
  for (const upload of stored) settled.set(upload, { result: accepted(upload.row) });
  await keepAside(
    tx,
    stored.filter(({ row }) => row.held).map(({ row }) => fromTheFuture(row)),
  );
  const known = admitted.filter((upload) => !settled.has(upload));
  for (const [upload, outcome] of await judgeKnown(context, tx, known)) settled.set(upload, outcome);
  return uploads.map((upload) => settled.get(upload) ?? { error: new Error("an upload of the group was passed over") });
}

type LockedRigs = ReadonlyMap<string, RigKeys>;

async function lockedRigs(tx: ISql, uploads: readonly PreparedUpload[]): Promise<LockedRigs> {
  const locked = await lockRigs(tx, [...new Set(uploads.map(({ row }) => row.rig_id))]);
  return new Map(locked.map((rig) => [rig.rig_id, rig]));
}

/** By the keys as they are now, under the locks that a revocation has to wait for. */
function refuse(rigs: LockedRigs, uploads: readonly PreparedUpload[], nowMs: number): Map<PreparedUpload, Settled> {
  const refused = new Map<PreparedUpload, Settled>();
  for (const upload of uploads) {
    const error = keyRefusal(rigs.get(upload.row.rig_id), upload.keyHash, nowMs);
    if (error !== undefined) refused.set(upload, { error });
  }
  return refused;
}

/** An id twice in one statement would be answered as new twice; the second one is judged against the first. */
function firstOfEachId(uploads: readonly PreparedUpload[]): PreparedUpload[] {
  const firsts = new Map<string, PreparedUpload>();
  for (const upload of uploads) if (!firsts.has(upload.row.id)) firsts.set(upload.row.id, upload);
  return [...firsts.values()];
}

function accepted({ id, held }: EventRow): UploadResult {
  return held ? { status: "accepted", id, held: "future_timestamp" } : { status: "accepted", id };
}

/** One entry a rig, in its last words; a replay proves a rig alive as well as a new event. */
function heardRigs(rigs: LockedRigs, admitted: readonly PreparedUpload[]): HeardRig[] {
  const byRig = Map.groupBy(admitted, ({ row }) => row.rig_id);
  return [...byRig].map(([rig_id, uploads]) => {
    const current = uploads.filter(({ keyHash }) => sameBytes(rigs.get(rig_id)?.key_hash ?? NO_KEY, keyHash)).length;
    return {
      rig_id,
      clock_offset_s: uploads.findLast(({ rigOffsetS }) => rigOffsetS !== null)?.rigOffsetS ?? null,
      uploads: uploads.length,
      upload_bytes: uploads.reduce((sum, { wireBytes }) => sum + wireBytes, 0),
      current_key: current > 0,
      previous_key: current < uploads.length,
      queue: uploads.findLast(({ queue }) => queue !== null)?.queue ?? null,
    };
  });
}

const NO_KEY = new Uint8Array();

async function noteDropped(tx: ISql, admitted: readonly PreparedUpload[], at: Date): Promise<void> {
  for (const { row, droppedEvents } of admitted)
    if (droppedEvents > 0) await addDropped(tx, row.rig_id, droppedEvents, at);
}

function fromTheFuture(row: EventRow): QuarantineEntry {
  const { id, rig_id, digest, body_bytes, clock_offset_s, received_at, timestamp } = row;
  const aheadS = Math.round((timestamp.getTime() - received_at.getTime()) / 1000);
  const detail = `its timestamp is ${aheadS} s ahead of the hub's clock`;
  const entry = { rig_id, digest, body_bytes, clock_offset_s, received_at };
  return { event_id: id, reason: "future_timestamp", detail, frame: null, ...entry };
}

function unstorable(cause: unknown): Fault {
  const fault = new Fault("schema", "the database cannot hold a value of this event", "look for an odd text or number");
  fault.cause = cause;
  return fault;
}
