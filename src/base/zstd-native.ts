import type { Compressor } from "zstd-napi";
import type { DCtx } from "zstd-napi/binding";
import { Fault } from "./fault.ts";
import { checkFrames, runtimeZstd, tooLarge, ZSTD_LEVEL, ZSTD_WINDOW_LOG_MAX, type Zstd } from "./zstd.ts";

/** zstd-napi with reused contexts; the runtime's own when the addon was not built for this machine. */
export async function openZstd(): Promise<Zstd> {
  try {
    const { Compressor } = await import("zstd-napi");
    const { DCtx, DParameter } = await import("zstd-napi/binding");
    const decoder = new DCtx();
    decoder.setParameter(DParameter.windowLogMax, ZSTD_WINDOW_LOG_MAX);
    return nativeZstd(new Compressor(), decoder);
  } catch {
    return runtimeZstd;
  }
}

function nativeZstd(encoder: Compressor, decoder: DCtx): Zstd {
  let level = 0;
  return {
    name: "zstd-napi",
    compress(bytes, wanted = ZSTD_LEVEL) {
      if (wanted !== level) {
        encoder.setParameters({ compressionLevel: wanted, checksumFlag: true });
        level = wanted;
      }
      return encoder.compress(bytes);
    },
    decompress(body, maxBytes) {
      const declared = checkFrames(body, maxBytes);
      try {
        return declared === undefined ? inflateStream(decoder, body, maxBytes) : inflateKnown(decoder, body, declared);
      } catch (error) {
        if (error instanceof Fault) throw error;
        throw new Fault("invalid_encoding", "the zstd body is damaged", "send it again");
      }
    },
  };
}

/** Several frames are one body: the decoder reads them all in one call. */
function inflateKnown(decoder: DCtx, body: Uint8Array, declared: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(declared);
  if (decoder.decompress(bytes, body) === declared) return bytes;
  throw new Fault("invalid_encoding", `the zstd body holds less than its ${declared} declared bytes`);
}

/** A sender that streamed its body could not declare its length: grow, and stop at the limit. */
function inflateStream(decoder: DCtx, body: Uint8Array, maxBytes: number): Uint8Array {
  let bytes = Buffer.allocUnsafe(Math.min(maxBytes, Math.max(body.byteLength * 4, 4096)));
  let filled = 0;
  let rest = body;
  for (;;) {
    const [hint, produced, consumed] = decoder.decompressStream(bytes.subarray(filled), rest);
    filled += produced;
    rest = rest.subarray(consumed);
    if (rest.byteLength === 0 && hint === 0) return bytes.subarray(0, filled);
    if (filled < bytes.byteLength) continue;
    if (filled >= maxBytes) throw tooLarge(maxBytes);
    const grown = Buffer.allocUnsafe(Math.min(maxBytes, bytes.byteLength * 2));
    bytes.copy(grown, 0, 0, filled);
    bytes = grown;
  }
}
