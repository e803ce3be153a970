import { Fault } from "../../base/fault.ts";
import { findDownload, offerFor, type Download } from "../../domain/downloads.ts";
import { hearUpgrade } from "../../domain/rig-upgrades.ts";
import { HEADERS } from "../../wire/protocol.ts";
import { requireRig } from "../access.ts";
import type { Handler, Hub } from "../hub.ts";
import { json } from "../replies.ts";

/** A piece at 256 kbit/s pauses for seconds when the link does. */
const DOWNLOAD_SILENCE_S = 240;
const TOLD_MAX = 200;

/** GET /dl: what this rig should run, and the files to get there. */
export function getDownloads({ context }: Hub): Handler {
  return async (request) => {
    const { rigId } = await requireRig(context, request);
    await hearUpgrade(context, rigId, request.headers.get(HEADERS.upgrade)?.slice(0, TOLD_MAX));
    return json(200, offerFor(context.settings.downloads_dir, rigId));
  };
}

/** GET /dl/:id: a file, or a piece of it by Range. */
export function getDownload({ context }: Hub): Handler {
  return async (request, visit, { id = "" }) => {
    await requireRig(context, request);
    visit.allowSilence(DOWNLOAD_SILENCE_S);
    const file = findDownload(context.settings.downloads_dir, id);
    const range = wantedRange(request, file);
    if (range === "none") return unsatisfiable(file);
    const { start, end } = range ?? { start: 0, end: file.bytes };
    return new Response(Bun.file(file.path).slice(start, end), {
      status: range === undefined ? 200 : 206,
      headers: {
        ...headersOf(file),
        "Content-Length": `${end - start}`,
        ...(range === undefined ? {} : { "Content-Range": `bytes ${start}-${end - 1}/${file.bytes}` }),
      },
    });
  };
}

function headersOf({ sha256 }: Download): Record<string, string> {
  return {
    "Content-Type": "application/octet-stream",
    "Accept-Ranges": "bytes",
    "Cache-Control": "private, no-store",
    ETag: `"${sha256}"`,
    "Repr-Digest": `sha-256=:${Buffer.from(sha256, "hex").toString("base64")}:`,
  };
}

function unsatisfiable(file: Download): Response {
  const fault = new Fault("invalid_request", `${file.name} has ${file.bytes} bytes`, "ask for a range within them");
  const headers = { ...headersOf(file), "Content-Type": "application/json", "Content-Range": `bytes */${file.bytes}` };
  return json(416, { error: fault.sentence, code: fault.code }, headers);
}

/** One range; what is no range, several, or meant for another file than this gets the whole, as RFC 9110 allows. */
function wantedRange(
  request: Request,
  { bytes, sha256 }: Download,
): { start: number; end: number } | "none" | undefined {
  const [, from = "", to = ""] = /^bytes=(\d{0,15})-(\d{0,15})$/.exec(request.headers.get("range") ?? "") ?? [];
  if (from === "" && to === "") return undefined;
  const onlyIf = request.headers.get("if-range");
  if (onlyIf !== null && onlyIf !== `"${sha256}"`) return undefined;
  const start = from === "" ? Math.max(0, bytes - Number(to)) : Number(from);
  const end = from === "" || to === "" ? bytes : Math.min(bytes, Number(to) + 1);
  return start < end ? { start, end } : "none";
}
