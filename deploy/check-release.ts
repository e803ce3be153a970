import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { digestFile, readPublicKeys, verifySignature } from "../src/base/minisign.ts";
import { readNote, releaseName } from "../src/base/release/note.ts";
import { formerReleases, proveArtefact } from "./parts/artefacts.ts";

/**
 * Holds a folder of a release against its own sums and signatures, unpacks what is packed and applies each patch: with
 * the maker's public key, the releases before, and no network.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { key: { type: "string" }, previous: { type: "string", multiple: true, default: [] } },
});
const [folder] = positionals;
if (folder === undefined || positionals.length > 1) {
  console.error("say the folder: bun deploy/check-release.ts FOLDER [--key release.pub] [--previous FOLDER]");
  process.exit(2);
}
const keys = readPublicKeys(readFileSync(values.key ?? join(folder, "release.pub"), "utf8"));
const scratch = mkdtempSync(join(tmpdir(), "fleet-check-"));
try {
  const problems = [...unlisted(folder), ...readdirSync(folder).flatMap((name) => problemsOf(folder, name))];
  for (const problem of problems) console.error(problem);
  const count = readdirSync(folder).length;
  if (problems.length === 0) console.log(`${folder}: ${count} files are whole and signed`);
  process.exitCode = problems.length === 0 ? 0 : 1;
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** What SHA256SUMS does not name, or names otherwise. */
function unlisted(place: string): string[] {
  const lines = readFileSync(join(place, "SHA256SUMS"), "utf8").trimEnd().split("\n");
  const sums = new Map(lines.map((line) => [line.slice(66), line.slice(0, 64)]));
  const names = readdirSync(place).filter((name) => !name.startsWith("SHA256SUMS"));
  const missing = [...sums.keys()].filter((name) => !names.includes(name)).map((name) => `${name} is not there`);
  const wrong = names
    .filter((name) => sums.get(name) !== digestFile(join(place, name)).sha256)
    .map((name) => `${name} is not what SHA256SUMS says`);
  return [...missing, ...wrong];
}

function problemsOf(place: string, name: string): string[] {
  if (!/\.(?:deb|zst|patch)$|^SHA256SUMS$/.test(name)) return [];
  try {
    const signature = readFileSync(join(place, `${name}.minisig`), "utf8");
    const comment = verifySignature(digestFile(join(place, name)).blake2b, signature, keys);
    if (/\.(?:zst|patch)$/.test(name)) provePacked(place, name, comment);
    if (name.endsWith(".deb")) provePackage(place, name, comment);
    return [];
  } catch (error) {
    return [`${name}: ${error instanceof Error ? error.message : String(error)}`];
  }
}

function provePacked(place: string, name: string, comment: string): void {
  const note = readNote(comment);
  if (releaseName(note) !== name) throw new Error(`it was signed as ${releaseName(note)}`);
  const former = note.from === undefined ? undefined : formerOf(note.from, note);
  proveArtefact(note, place, former, scratch);
}

function formerOf(version: string, note: Parameters<typeof formerReleases>[1]) {
  const found = formerReleases(values.previous, note, join(scratch, "former")).find((each) => each.version === version);
  if (found === undefined) throw new Error(`it starts from ${version}: name that release with --previous`);
  return found;
}

/** The executable in the package is the one that is handed out beside it. */
function provePackage(place: string, name: string, comment: string): void {
  const [, product, version, arch] = /^product:(\S+)\tversion:(\S+)\tarch:(\S+)\tform:deb$/.exec(comment) ?? [];
  if (product === undefined) throw new Error("it was not signed as a package");
  const zst = `${product}-${version}-linux-${arch}.zst`;
  const { executable } = readNote(
    verifySignature(digestFile(join(place, zst)).blake2b, readFileSync(join(place, `${zst}.minisig`), "utf8"), keys),
  );
  const program = `./usr/lib/${product}/shipped/${product}`;
  const script = 'dpkg-deb --fsys-tarfile "$0" | tar -xO "$1" | sha256sum';
  const done = Bun.spawnSync(["bash", "-o", "pipefail", "-c", script, join(place, name), program]);
  if (done.stdout.toString().slice(0, 64) !== executable) throw new Error(`it holds another ${product} than ${zst}`);
}
