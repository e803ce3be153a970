import { Fault } from "../../src/base/fault.ts";
import { parseJson } from "../../src/base/json.ts";

/** `application/json` and its kin, as the rig software takes them. */
const JSON_TYPE = /^application\/(?:[\w.-]+\+)?json\s*(?:;|$)/i;

/** The body as it came, bounded while it streams in. Faults: `unsupported_media_type`, `too_large`. */
export async function readBody(request: Request, maxBytes: number): Promise<Uint8Array> {
  if (!JSON_TYPE.test(request.headers.get("content-type") ?? "")) {
    throw new Fault(
      "unsupported_media_type",
      "the body is not declared as JSON",
      "send Content-Type: application/json",
    );
  }
  const encoding = request.headers.get("content-encoding") ?? "identity";
  if (encoding !== "identity") {
    throw new Fault("unsupported_media_type", `Content-Encoding ${encoding} is not taken here`, "send plain JSON");
  }
  if (Number(request.headers.get("content-length") ?? 0) > maxBytes) throw tooLarge(maxBytes);
  const chunks: Uint8Array[] = [];
  let total = 0;
  for await (const chunk of request.body ?? []) {
    total += chunk.byteLength;
    if (total > maxBytes) throw tooLarge(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Faults: those of `readBody`, and `invalid_json`. */
export async function readJson(request: Request, maxBytes: number): Promise<unknown> {
  return parseJson(await readBody(request, maxBytes));
}

function tooLarge(maxBytes: number): Fault {
  return new Fault("too_large", `the body is over ${maxBytes} bytes`, "send one event a request");
}
