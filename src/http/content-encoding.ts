import { promisify } from "node:util";
import { brotliCompress, brotliCompressSync, constants, zstdCompress, zstdCompressSync } from "node:zlib";
import { bytesBody } from "./replies.ts";

export type ContentEncoding = "br" | "zstd" | "gzip" | "identity";

/** The smallest first. Over plain HTTP browsers offer gzip only, so it matters as much as the others. */
const PREFERENCE = ["br", "zstd", "gzip"] as const;
const ZSTD_LEVEL = 19;
const GZIP_LEVEL = 12;
/** Below half a millisecond for a page of 60 kB, at a tenth of its size. */
const QUICK = { brotli: 4, zstd: 3, gzip: 7 } as const;
const brotli = promisify(brotliCompress);
const zstd = promisify(zstdCompress);

/** Of what the request takes, what is smallest; a coding with `q=0` is refused. */
export function preferredEncoding(acceptEncoding: string | null): ContentEncoding {
  const weights = new Map((acceptEncoding ?? "").split(",").map(weighed));
  const takes = (coding: string): boolean => (weights.get(coding) ?? weights.get("*") ?? 0) > 0;
  return PREFERENCE.find(takes) ?? "identity";
}

/** As small as it gets, however long that takes: for what is compressed once and sent often. */
export async function compressBest(bytes: Uint8Array, encoding: ContentEncoding): Promise<Uint8Array> {
  if (encoding === "br") return brotli(bytes, { params: { [constants.BROTLI_PARAM_SIZE_HINT]: bytes.byteLength } });
  if (encoding === "zstd") return zstd(bytes, { params: { [constants.ZSTD_c_compressionLevel]: ZSTD_LEVEL } });
  if (encoding === "identity") return bytes;
  return gzip(bytes, GZIP_LEVEL);
}

/** Almost as small, in less time than handing it to another thread takes: for what is made for one reply. */
export function compressQuick(text: string, encoding: Exclude<ContentEncoding, "identity">): Uint8Array {
  const bytes = Buffer.from(text);
  if (encoding === "br") {
    const { BROTLI_PARAM_QUALITY: quality, BROTLI_PARAM_SIZE_HINT: size } = constants;
    return brotliCompressSync(bytes, { params: { [quality]: QUICK.brotli, [size]: bytes.byteLength } });
  }
  if (encoding === "zstd")
    return zstdCompressSync(bytes, { params: { [constants.ZSTD_c_compressionLevel]: QUICK.zstd } });
  return gzip(bytes, QUICK.gzip);
}

/** By libdeflate, which is quicker than zlib at the same size and goes further at its highest level. */
function gzip(bytes: Uint8Array, level: 7 | 12): Uint8Array {
  return Bun.gzipSync(bytesBody(bytes), { level, library: "libdeflate" });
}

function weighed(part: string): [string, number] {
  const [coding = "", ...parameters] = part.split(";").map((text) => text.trim().toLowerCase());
  const weight = parameters.find((text) => text.startsWith("q="))?.slice(2);
  return [coding, weight === undefined ? 1 : Number(weight)];
}
