import { readFileSync } from "node:fs";
import { Fault } from "../fault.ts";
import { digestFile, readPublicKeys, verifySignature } from "../minisign.ts";
import { readNote, type ReleaseNote } from "./note.ts";

export interface Expected {
  readonly product: string;
  readonly arch: string;
  /** What a patch must start from. */
  readonly installed: string | undefined;
}

/**
 * What the signature beside the file says of it, once it proved good and to be meant for this machine.
 * Faults: `config`, without a key to check with; `usage`, without the files; `forbidden`, `invalid_encoding`.
 */
export function openRelease(file: string, keyFile: string, expected: Expected): ReleaseNote {
  const keys = readPublicKeys(readNamed(keyFile, "config", "no release is taken unchecked: put the maker's key there"));
  const signature = readNamed(`${file}.minisig`, "usage", "it belongs beside the file, with the same name");
  const note = readNote(verifySignature(digestOf(file), signature, keys));
  refuseOther("product", note.product, expected.product);
  refuseOther("architecture", note.arch, expected.arch);
  if (note.form === "patch") refuseOther("installed release", note.from ?? "", expected.installed ?? "none");
  return note;
}

/** Faults: `digest_mismatch`. */
export function checkExecutable(path: string, { executable }: ReleaseNote): void {
  if (digestFile(path).sha256 === executable) return;
  throw new Fault("digest_mismatch", "what was unpacked is not the executable that was signed", "fetch it again");
}

function digestOf(file: string): Uint8Array {
  try {
    return digestFile(file).blake2b;
  } catch (error) {
    throw new Fault("usage", `${file} cannot be read (${String((error as NodeJS.ErrnoException).code)})`);
  }
}

function readNamed(path: string, code: "config" | "usage", hint: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new Fault(code, `${path} cannot be read (${String((error as NodeJS.ErrnoException).code)})`, hint);
  }
}

function refuseOther(what: string, found: string, wanted: string): void {
  if (found === wanted) return;
  throw new Fault("forbidden", `the release is for another ${what}: ${found}, here it is ${wanted}`, "fetch the other");
}
