import { Fault } from "../base/fault.ts";
import { parseJson } from "../base/json.ts";
import { SMALL_BODY_MAX } from "../base/limits.ts";

/** Reads a body up to its limit and not a chunk further, whatever Content-Length says. Faults: `too_large`. */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  const declared = Number(request.headers.get("content-length") ?? 0);
  if (declared > maxBytes) throw bodyTooLarge(maxBytes);
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of request.body ?? []) {
    total += chunk.byteLength;
    if (total > maxBytes) throw bodyTooLarge(maxBytes);
    chunks.push(chunk);
  }
  const [first] = chunks;
  return chunks.length === 1 && first !== undefined ? first : Buffer.concat(chunks);
}

/** A small JSON body. Faults: `unsupported_media_type`, `too_large`, `invalid_json`. */
export async function readJson(request: Request): Promise<unknown> {
  requireJson(request);
  return parseJson(await readBody(request, SMALL_BODY_MAX));
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
