import { Fault } from "../../base/fault.ts";
import { isRecord, parseJson } from "../../base/json.ts";
import type { RigIdentity } from "../../domain/context.ts";
import { readEvent } from "../../domain/events.ts";
import type { Upload, UploadResult } from "../../domain/ingest.ts";
import { recordOutcome } from "../../domain/outcomes.ts";
import { createRefusals } from "../../domain/refusals.ts";
import { checkedEvent } from "../../wire/codec.ts";
import { isEventId } from "../../wire/identity.ts";
import { outcomePatchSchema, withReadableExtras, type OutcomePatch } from "../../wire/outcome.ts";
import { requireRig, requireRigOrReader } from "../access.ts";
import { readJson, requireJson } from "../body.ts";
import type { Handler, Hub, Visit } from "../hub.ts";
import { bytesBody, faultStatus, json } from "../replies.ts";
import { readRigHeaders } from "../rig-headers.ts";

/** An authenticated rig on a bad link may pause this long within a body; the runtime's own 10 s cut steady uploads. */
const UPLOAD_SILENCE_S = 120;

/** POST /api/fleet/events */
export function uploadEvent(hub: Hub): Handler {
  const refusals = createRefusals(hub.context);
  return async (request, visit) => {
    const started = hub.context.clock.monotonic();
    const rig = await requireRig(hub.context, request);
    visit.allowSilence(UPLOAD_SILENCE_S);
    const body: ReadBody = {};
    try {
      const result = await hub.ingest.accept(await readUpload(hub, { request, visit, rig }, body));
      hub.metrics.eventReceived(result.status, (hub.context.clock.monotonic() - started) / 1000);
      if (result.status === "conflict")
        await refusals.note(rig.rigId, { code: "conflict", sentence: result.error, eventId: result.id });
      return json(result.status === "accepted" ? 201 : 409, uploadReply(result));
    } catch (error) {
      if (error instanceof Fault && isAboutUpload(error)) {
        await refusals.note(rig.rigId, { code: error.code, sentence: error.sentence, eventId: body.eventId });
      }
      throw error;
    }
  };
}

/** Refusals that say nothing of what was uploaded: the key, and too much at once. */
const ABOUT_SENDER: ReadonlySet<number> = new Set([401, 403, 429]);

function isAboutUpload(fault: Fault): boolean {
  const status = faultStatus(fault);
  return status >= 400 && status < 500 && !ABOUT_SENDER.has(status);
}

/** What is known of a body, also when it is refused. */
interface ReadBody {
  eventId?: string;
}

interface Arriving {
  readonly request: Request;
  readonly visit: Visit;
  readonly rig: RigIdentity;
}

async function readUpload(
  { context, metrics }: Hub,
  { request, visit, rig }: Arriving,
  read: ReadBody,
): Promise<Upload> {
  requireJson(request);
  const encoding = request.headers.get("content-encoding")?.trim().toLowerCase() ?? "identity";
  if (encoding !== "zstd" && encoding !== "identity") {
    throw new Fault(
      "unsupported_media_type",
      `Content-Encoding ${JSON.stringify(encoding)} is not taken`,
      "use zstd or none",
    );
  }
  const body = await visit.readBody(context.settings.max_payload_bytes);
  const compressed = encoding === "zstd";
  const bytes = compressed ? context.zstd.decompress(body, context.settings.max_decompressed_bytes) : body;
  metrics.eventBytes("wire", body.byteLength);
  metrics.eventBytes("decoded", bytes.byteLength);
  const value = parseJson(bytes);
  if (isRecord(value) && typeof value["id"] === "string") read.eventId = value["id"];
  const event = checkedEvent(value);
  const frame = compressed ? body : context.zstd.compress(bytes);
  return { rig, event, json: bytes, frame, wireBytes: body.byteLength, ...readRigHeaders(request) };
}

function uploadReply(result: UploadResult): object {
  if (result.status === "conflict") return { id: result.id, status: "conflict", error: result.error, code: "conflict" };
  return result;
}

/** GET /api/fleet/events/{id} */
export function getEvent({ context }: Hub): Handler {
  return async (request, _visit, { id = "" }) => {
    const rig = await requireRigOrReader(context, request);
    const event = isEventId(id) ? await readEvent(context, id) : undefined;
    // Another rig's event and none at all look the same from outside.
    if (event === undefined || (rig !== undefined && rig.rigId !== event.rigId)) throw noSuchEvent();
    return new Response(bytesBody(event.json), {
      headers: { "Content-Type": "application/json", "Cache-Control": "no-store" },
    });
  };
}

/** PATCH /api/fleet/events/{id}/outcome */
export function patchOutcome(hub: Hub): Handler {
  return async (request, visit, { id = "" }) => {
    const rig = await requireRig(hub.context, request);
    const patch = readPatch(await readJson(request, visit));
    if (!isEventId(id)) throw noSuchEvent();
    const reply = await recordOutcome(hub.context, { rig, eventId: id, patch });
    if (reply.changed) hub.curator.wake();
    return json(200, { id: reply.id, status: "recorded", outcome: reply.outcome });
  };
}

/** A patch that does not fit is a 400 by the contract, where an event is a 422. */
function readPatch(value: unknown): OutcomePatch {
  try {
    return outcomePatchSchema.parse(withReadableExtras(value));
  } catch (error) {
    throw error instanceof Fault ? new Fault("invalid_request", error.message) : error;
  }
}

function noSuchEvent(): Fault {
  return new Fault("not_found", "there is no such event of this rig", "check the id; an event must be uploaded first");
}
