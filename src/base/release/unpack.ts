import { copyFileSync, readFileSync, writeFileSync } from "node:fs";
import { constants, zstdDecompressSync } from "node:zlib";
import { Fault } from "../fault.ts";
import type { ReleaseForm } from "./note.ts";

/** The window of a patch spans the old executable and the new: 2²⁸ bytes. */
const PATCH_WINDOW_LOG = 28;
/** What `zstd -19` takes. */
const PLAIN_WINDOW_LOG = 23;

export interface Unpacking {
  readonly form: ReleaseForm;
  readonly file: string;
  /** What a patch is applied to. */
  readonly from?: string;
  readonly out: string;
  /** What the signature promised: not a byte more is made. */
  readonly bytes: number;
}

/**
 * Writes the executable that a release file holds. Takes some 425 MB for a patch, which is why it runs in a process of
 * its own. Faults: `invalid_encoding`, when what came out is not as long as promised.
 */
export function unpack({ form, file, from, out, bytes }: Unpacking): void {
  if (form === "plain") copyFileSync(file, out);
  else writeFileSync(out, inflate(readFileSync(file), bytes, form === "patch" ? from : undefined));
}

function inflate(body: Uint8Array, bytes: number, from: string | undefined): Uint8Array {
  const dictionary = from === undefined ? {} : { dictionary: readFileSync(from) };
  const windowLog = from === undefined ? PLAIN_WINDOW_LOG : PATCH_WINDOW_LOG;
  let executable: Uint8Array;
  try {
    executable = zstdDecompressSync(body, {
      ...dictionary,
      maxOutputLength: bytes,
      params: { [constants.ZSTD_d_windowLogMax]: windowLog },
    });
  } catch {
    throw new Fault("invalid_encoding", "the release cannot be unpacked", "fetch it again");
  }
  // The runtime gives an empty or a short buffer for a file that was cut, without an error.
  if (executable.byteLength === bytes) return executable;
  throw new Fault("invalid_encoding", `the release holds ${executable.byteLength} of ${bytes} bytes`, "fetch it again");
}
