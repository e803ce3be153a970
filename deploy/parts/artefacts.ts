import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { digestFile } from "../../src/base/minisign.ts";
import { formatNote, releaseName, type ReleaseNote } from "../../src/base/release/note.ts";
import { unpack } from "../../src/base/release/unpack.ts";
import { signFile, type SecretKey } from "./signing.ts";

/** A release before, from which rigs and hubs may come. */
export interface Former {
  readonly version: string;
  readonly file: string;
}

/** Level of a download: slow to make, 41 MB instead of 50. */
const LEVEL = 19;
/** 12,223 bytes in 1.3 s between two versions of one source; level 16 took 28 s and made 344,143. */
const PATCH_LEVEL = 9;
/** A window over the whole of both executables. */
const LONG = 27;

export type Told = Pick<ReleaseNote, "product" | "version" | "arch" | "executable" | "bytes">;

/** The executable as hubs and rigs fetch it. */
export function writeCompressed(executable: string, told: Told, folder: string, fast: boolean): ReleaseNote {
  const note = { ...told, form: "zst" } as const;
  compress([`-${fast ? 3 : LEVEL}`, executable], join(folder, releaseName(note)));
  return note;
}

/** What differs from a release before; worth it as long as both stand on one runtime. */
export function writePatch(executable: string, told: Told, former: Former, folder: string): ReleaseNote {
  const note = { ...told, form: "patch", from: former.version } as const;
  const effort = [`-${PATCH_LEVEL}`, `--long=${LONG}`, `--patch-from=${former.file}`];
  compress([...effort, executable], join(folder, releaseName(note)));
  return note;
}

/** zstd hands the executable's mode on; a download is nothing to run. */
function compress(words: readonly string[], out: string): void {
  zstd([...words, "-o", out]);
  chmodSync(out, 0o644);
}

function zstd(words: readonly string[]): void {
  const done = Bun.spawnSync(["zstd", "-q", "-f", ...words], { stdin: "ignore" });
  if (done.exitCode !== 0) throw new Error(`zstd failed: ${done.stderr.toString()}`);
}

/** The executables of the releases in the folders, unpacked into scratch. */
export function formerReleases(folders: readonly string[], { product, arch }: Told, scratch: string): Former[] {
  const pattern = new RegExp(`^${product}-(\\d+\\.\\d+\\.\\d+[-0-9A-Za-z.]*?)-linux-${arch}\\.zst$`);
  return folders.flatMap((folder) =>
    readdirSync(folder).flatMap((name) => {
      const version = pattern.exec(name)?.[1];
      if (version === undefined) return [];
      const out = join(scratch, `${product}-${version}-${arch}`);
      mkdirSync(scratch, { recursive: true });
      // The window of `zstd -d` is not bounded by a promise here: these are files of our own making.
      zstd(["-d", join(folder, name), "-o", out]);
      return [{ version, file: out }];
    }),
  );
}

/** Proves that what was written gives the executable back, before anyone has to rely on it. */
export function proveArtefact(note: ReleaseNote, folder: string, former: Former | undefined, scratch: string): void {
  const out = join(scratch, "proof");
  const file = join(folder, releaseName(note));
  unpack({ form: note.form, file, out, bytes: note.bytes, ...(former === undefined ? {} : { from: former.file }) });
  const { sha256 } = digestFile(out);
  rmSync(out);
  if (sha256 !== note.executable) throw new Error(`${file} does not give its executable back`);
}

export function signArtefact(file: string, comment: string, key: SecretKey | undefined): void {
  if (key !== undefined) writeFileSync(`${file}.minisig`, signFile(file, comment, key));
}

export function signRelease(note: ReleaseNote, folder: string, key: SecretKey | undefined): void {
  signArtefact(join(folder, releaseName(note)), formatNote(note), key);
}

/** `SHA256SUMS`, which sha256sum checks too; written last, so that a folder with it is whole. */
export function writeSums(folder: string, version: string, key: SecretKey | undefined): void {
  const sums = join(folder, "SHA256SUMS");
  rmSync(sums, { force: true });
  const names = readdirSync(folder).filter((name) => !name.startsWith("SHA256SUMS"));
  const text = names.toSorted().map((name) => `${digestFile(join(folder, name)).sha256}  ${name}\n`);
  writeFileSync(`${sums}.new`, text.join(""));
  renameSync(`${sums}.new`, sums);
  signArtefact(sums, `sums:${names.length}\tversion:${version}`, key);
  if (key !== undefined && !existsSync(`${sums}.minisig`)) throw new Error("the sums were not signed");
}
