import { constants, zstdCompressSync, zstdDecompressSync } from "node:zlib";
import { Fault } from "./fault.ts";
import { inspectFrames } from "./zstd-frames.ts";

/** Level 3: what rigs use; 8.7 KB for a 28 KB event. */
export const ZSTD_LEVEL = 3;
/** 8 MiB, what every zstd decoder must accept (RFC 8878, section 3.1.1.1.2). */
export const ZSTD_WINDOW_LOG_MAX = 23;

export interface Zstd {
  readonly name: string;
  /** One frame with its content size and a checksum. */
  compress(bytes: Uint8Array, level?: number): Uint8Array;
  /** Every frame of a whole body. Refuses a cut or damaged one, bytes after the last frame, and more than `maxBytes`. */
  decompress(body: Uint8Array, maxBytes: number): Uint8Array;
}

/** The runtime's own zstd: no addon, so it cross-compiles. */
export const runtimeZstd: Zstd = {
  name: "runtime",
  compress: (bytes, level = ZSTD_LEVEL) =>
    zstdCompressSync(bytes, {
      params: { [constants.ZSTD_c_compressionLevel]: level, [constants.ZSTD_c_checksumFlag]: 1 },
    }),
  decompress(body, maxBytes) {
    const declared = checkFrames(body, maxBytes);
    const bytes = inflate(body, maxBytes);
    if (declared !== undefined && bytes.byteLength !== declared) {
      throw new Fault("invalid_encoding", `the zstd body holds ${bytes.byteLength} of ${declared} declared bytes`);
    }
    return bytes;
  },
};

/** Refuses what must not be inflated at all; returns the declared length when there is one. */
export function checkFrames(body: Uint8Array, maxBytes: number): number | undefined {
  const summary = inspectFrames(body);
  if (summary.declaredBytes !== undefined && summary.declaredBytes > maxBytes) throw tooLarge(maxBytes);
  if (summary.windowBytes > Math.max(maxBytes, 2 ** ZSTD_WINDOW_LOG_MAX)) {
    throw new Fault(
      "invalid_encoding",
      `the zstd window is over ${2 ** ZSTD_WINDOW_LOG_MAX} bytes`,
      "compress without --long",
    );
  }
  return summary.declaredBytes;
}

export function tooLarge(maxBytes: number): Fault {
  return new Fault("too_large", `the body inflates to more than ${maxBytes} bytes`, "shorten the history window");
}

function inflate(body: Uint8Array, maxBytes: number): Uint8Array {
  try {
    return zstdDecompressSync(body, {
      maxOutputLength: maxBytes,
      params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG_MAX },
    });
  } catch (error) {
    if ((error as { code?: string }).code === "ERR_BUFFER_TOO_LARGE") throw tooLarge(maxBytes);
    throw new Fault("invalid_encoding", "the zstd body is damaged", "send it again");
  }
}
