import type { Clock } from "../base/clock.ts";
import { checkContentDigest } from "../base/digest.ts";
import { Fault } from "../base/fault.ts";
import { parseJson } from "../base/json.ts";
import { SMALL_BODY_MAX } from "../base/limits.ts";
import { HEADERS } from "../wire/protocol.ts";
import type { Visit } from "./hub.ts";

/** 1 MiB takes 131 s at 8 KB/s; a drip that keeps within the idle limit would hold on for ever. */
export const BODY_DEADLINE_MS = 10 * 60_000;

/**
 * Reads a body up to its limit and not a chunk further, whatever Content-Length says; where a Content-Digest came along,
 * it must be the body's. Faults: `too_large`, `timeout`, `digest_mismatch`.
 */
export async function readBody(request: Request, maxBytes: number, clock: Clock): Promise<Uint8Array> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > maxBytes) throw bodyTooLarge(maxBytes);
  if (request.body === null) return new Uint8Array();
  const reader: BodyReader = request.body.getReader();
  const read = new AbortController();
  try {
    const body = await Promise.race([readAll(reader, maxBytes), deadline(clock, read.signal)]);
    checkContentDigest(request.headers.get(HEADERS.contentDigest), body);
    return body;
  } catch (error) {
    // Nobody waits for the end of a body that is refused; what its sender makes of that is no failure of ours.
    void reader.cancel().catch(() => undefined);
    throw error;
  } finally {
    read.abort();
  }
}

interface BodyReader {
  read(): Promise<{ done: boolean; value?: Uint8Array | undefined }>;
  cancel(): Promise<void>;
}

async function readAll(reader: BodyReader, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let total = 0;
  for (;;) {
    const { value } = await reader.read();
    if (value === undefined) break;
    total += value.byteLength;
    if (total > maxBytes) throw bodyTooLarge(maxBytes);
    chunks.push(value);
  }
  const [first] = chunks;
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
}

/** Never resolves: it rejects when the time is over, and is forgotten once the body was read. */
async function deadline(clock: Clock, read: AbortSignal): Promise<never> {
  await clock.sleep(BODY_DEADLINE_MS, read);
  throw new Fault(
    "timeout",
    `the body did not arrive within ${BODY_DEADLINE_MS / 60_000} minutes`,
    "send it again, compressed with zstd",
  );
}

/** What may come at most: as declared, or all that is allowed where nothing is. */
export function expectedBytes(request: Request, maxBytes: number): number {
  const declared = Number(request.headers.get("content-length") ?? Number.NaN);
  return declared <= maxBytes ? declared : maxBytes;
}

type Reading = Pick<Visit, "readBody">;

/** A small JSON body. Faults: `unsupported_media_type`, `too_large`, `timeout`, `invalid_json`. */
export async function readJson(request: Request, visit: Reading): Promise<unknown> {
  requireJson(request);
  return parseJson(await visit.readBody(SMALL_BODY_MAX));
}

/** The same where a body may be left out: undefined. */
export async function readOptionalJson(request: Request, visit: Reading): Promise<unknown> {
  const body = await visit.readBody(SMALL_BODY_MAX);
  if (body.byteLength === 0) return undefined;
  requireJson(request);
  return parseJson(body);
}

/** JSON by any of its names; a missing type is taken for JSON, as curl's users expect. */
export function requireJson(request: Request): void {
  const type = request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() ?? "";
  if (type === "" || type === "application/json" || type.endsWith("+json")) return;
  throw new Fault(
    "unsupported_media_type",
    `Content-Type ${JSON.stringify(type)} is not taken`,
    "send application/json",
  );
}

function bodyTooLarge(maxBytes: number): Fault {
  return new Fault(
    "too_large",
    `the body is over ${maxBytes} bytes`,
    "compress it with zstd, or shorten the history window",
  );
}
