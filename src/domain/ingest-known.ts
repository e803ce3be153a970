import type { ISql } from "postgres";
import { sameBytes } from "../base/digest.ts";
import { Fault } from "../base/fault.ts";
import { parseJson } from "../base/json.ts";
import { show } from "../base/schema.ts";
import { eventDigests, storedBody, type EventDigest } from "../db/events.ts";
import { isKeptAside, keepAside, openConflicts, type QuarantineEntry } from "../db/quarantine.ts";
import type { HubContext } from "./context.ts";
import type { Settled } from "./ingest-commit.ts";
import type { PreparedUpload } from "./ingest-prepare.ts";
import { differingPaths } from "./json-difference.ts";

/**
 * Twins of one rig that the hub keeps for a person: a rig gone wrong must not fill the disk with them. One more is still
 * a conflict, which the rig sets aside on its own end; asking it to wait would hold up all its other events.
 */
export const OPEN_CONFLICTS_MAX = 100;
const PATHS_SHOWN = 5;

/**
 * Uploads whose id is stored already: a replay when the bodies are the same JSON value, otherwise a conflict, kept
 * aside once. The caller holds the locks of their rigs.
 */
export async function judgeKnown(
  context: HubContext,
  tx: ISql,
  uploads: readonly PreparedUpload[],
): Promise<Map<PreparedUpload, Settled>> {
  const digests = await eventDigests(tx, [...new Set(uploads.map(({ row }) => row.id))]);
  const known = new Map(digests.map((digest) => [digest.id, digest]));
  const settled = new Map<PreparedUpload, Settled>();
  for (const upload of uploads) settled.set(upload, await judge(context, tx, upload, known.get(upload.row.id)));
  return settled;
}

async function judge(
  context: HubContext,
  tx: ISql,
  { row }: PreparedUpload,
  known: EventDigest | undefined,
): Promise<Settled> {
  if (known === undefined) return { error: removed() };
  if (known.rig_id !== row.rig_id) return { error: foreign(row.id) };
  const replay: Settled = { result: { status: "already_exists", id: row.id } };
  if (sameBytes(known.digest, row.digest)) return replay;
  const difference = await differenceToStored(context, tx, row);
  if (difference === undefined) return replay;
  return keepTwin(tx, {
    event_id: row.id,
    rig_id: row.rig_id,
    reason: "conflict",
    detail: difference,
    digest: row.digest,
    frame: row.frame,
    body_bytes: row.body_bytes,
    clock_offset_s: row.clock_offset_s,
    received_at: row.received_at,
  });
}

/** Undefined when both bodies are the same value, in other spacing or key order. */
async function differenceToStored(
  { zstd }: HubContext,
  tx: ISql,
  row: PreparedUpload["row"],
): Promise<string | undefined> {
  const stored = await storedBody(tx, row.id);
  if (stored === undefined) throw removed();
  const read = (body: { frame: Uint8Array; body_bytes: number }): unknown =>
    parseJson(zstd.decompress(body.frame, body.body_bytes));
  let before: unknown;
  try {
    before = read(stored);
  } catch {
    return "the stored body cannot be read";
  }
  const paths = differingPaths(before, read(row), PATHS_SHOWN);
  return paths.length === 0 ? undefined : `it differs in ${paths.join(", ")}`;
}

async function keepTwin(tx: ISql, twin: QuarantineEntry): Promise<Settled> {
  const known = await isKeptAside(tx, twin.event_id, twin.digest);
  const kept = known || (await openConflicts(tx, twin.rig_id)) < OPEN_CONFLICTS_MAX;
  if (kept && !known) await keepAside(tx, [twin]);
  const fate = kept
    ? "this one is kept aside until a person decides"
    : `this one is not kept, as ${OPEN_CONFLICTS_MAX} of this rig wait for a person already`;
  const error = `this id is stored with another body (${twin.detail}); ${fate}`;
  return { result: { status: "conflict", id: twin.event_id, error } };
}

/** Says no more than the check of the id itself would. */
function foreign(id: string): Fault {
  return new Fault("schema", `id ${show(id)} does not belong to this event`, "name it {rig_id}-{timestamp}-{n}");
}

function removed(): Fault {
  return new Fault("unavailable", "the event was being removed meanwhile", "send it again");
}
