import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import lock from "../package-lock.json" with { type: "json" };
import { buildExecutable } from "../scripts/build-executable.ts";
import { digestFile } from "../src/base/minisign.ts";
import { releaseName, type ReleaseNote } from "../src/base/release/note.ts";
import { licences } from "../src/http/licences.ts";
import {
  formerReleases,
  proveArtefact,
  signArtefact,
  signRelease,
  writeCompressed,
  writePatch,
  writeSums,
  type Told,
} from "./parts/artefacts.ts";
import { changesOf } from "./parts/changes.ts";
import { debVersion } from "./parts/deb-texts.ts";
import { repack, writeDeb } from "./parts/deb.ts";
import { adminKeyLine, extrasOf, startedAlone, unitsOf } from "./parts/extras.ts";
import { packageOptions, type Arch, type PackageOptions } from "./parts/options.ts";
import { builtAgain, installedAndGone, lintianFindings, sizes } from "./parts/proof.ts";
import { billOfMaterials } from "./parts/sbom.ts";
import { readSecretKeyFile } from "./parts/signing.ts";

const root = join(import.meta.dir, "..");
const DEBIAN_ARCH = { x64: "amd64", arm64: "arm64" } as const;
const DPKG_LEVEL = 6;

const options = packageOptions(process.argv.slice(2), root);
const key = options.key === undefined ? undefined : readSecretKeyFile(options.key, options.password);
const publicText =
  key?.publicText ?? (options.publicKey === undefined ? undefined : readFileSync(options.publicKey, "utf8"));
const epochS = Number(process.env["SOURCE_DATE_EPOCH"] ?? lastCommitS());
const scratch = mkdtempSync(join(tmpdir(), "fleet-package-"));
try {
  mkdirSync(options.out, { recursive: true });
  makeManPages();
  for (const product of options.products) {
    for (const arch of options.arches) await packageOne(product, arch, options);
  }
  if (key !== undefined) writeFileSync(join(options.out, "release.pub"), key.publicText);
  writeSums(options.out, options.version, key);
  console.log(`${options.out}: ${readdirSync(options.out).length} files${key === undefined ? ", nothing signed" : ""}`);
  if (options.proof) prove(options);
} finally {
  rmSync(scratch, { recursive: true, force: true });
}

/** Checks what was made, prints a line for each figure, and ends with 1 when one is bad. */
function prove({ out, version, products, arches, previous, fast }: PackageOptions): void {
  const debs = readdirSync(out).filter((name) => name.endsWith(".deb"));
  const words = [
    "--version",
    version,
    ...products.flatMap((product) => ["--product", product]),
    ...arches.flatMap((arch) => ["--arch", arch]),
    ...previous.flatMap((folder) => ["--previous", folder]),
    ...(publicText === undefined ? [] : ["--public-key", writtenPublicKey(publicText)]),
    ...(fast ? ["--fast"] : []),
  ];
  const here = debs.filter((name) => name.endsWith(`_${DEBIAN_ARCH[process.arch === "arm64" ? "arm64" : "x64"]}.deb`));
  const findings = [
    ...sizes(out),
    lintianFindings(debs.map((name) => join(out, name))),
    builtAgain(root, out, words, scratch, epochS),
    ...here.map((name) => installedAndGone(name.split("_")[0] ?? "", newerThan(join(out, name)), scratch)),
  ];
  for (const { what, found, failed } of findings) console.log(`${what.padEnd(60)} ${found}${failed ? "  FAILED" : ""}`);
  if (findings.some(({ failed }) => failed)) process.exitCode = 1;
}

function writtenPublicKey(text: string): string {
  const path = join(scratch, "release.pub");
  writeFileSync(path, text);
  return path;
}

/** The package, and the same with a later version: all that an upgrade by dpkg needs, without building once more. */
function newerThan(deb: string): [string, string] {
  const newer = join(scratch, `newer-${basename(deb)}`);
  repack(deb, newer, `${options.version}+1`, join(scratch, "newer"));
  return [deb, newer];
}

async function packageOne(product: PackageOptions["products"][number], arch: Arch, wanted: PackageOptions) {
  const { version, out, fast } = wanted;
  const executable = join(scratch, arch, product);
  await buildExecutable({ product, target: `linux-${arch}`, outfile: executable, version });
  refuseOwnPaths(executable);
  const { sha256, bytes } = digestFile(executable);
  const told: Told = { product, version, arch, executable: sha256, bytes };
  const sbom = billOfMaterials(lock, { ...told, bun: Bun.version, epochS });
  writeFileSync(join(out, `${product}-${version}-linux-${arch}.cdx.json`), sbom);
  finish(writeCompressed(executable, told, out, fast), undefined);
  for (const former of formerReleases(wanted.previous, told, join(scratch, "former"))) {
    finish(writePatch(executable, told, former, out), former);
  }
  const units = unitsOf(root, product);
  const deb = join(out, `${product}_${debVersion(version)}_${DEBIAN_ARCH[arch]}.deb`);
  writeDeb({
    subject: {
      product,
      version,
      arch: DEBIAN_ARCH[arch],
      epochS,
      changes: changesOf(root, version),
      enabled: startedAlone(units),
      ...(product === "fleet-hub" ? { makeKey: adminKeyLine(root) } : {}),
    },
    executable,
    units,
    rollback: join(root, "deploy", "rollback.sh"),
    manPages: manPagesOf(product),
    extras: extrasOf(root, product),
    publicKey: publicText,
    sbom,
    notices: licences(),
    scratch: join(scratch, "deb"),
    out: deb,
    level: fast ? 1 : DPKG_LEVEL,
  });
  signArtefact(deb, `product:${product}\tversion:${version}\tarch:${arch}\tform:deb`, key);
  say(deb);
}

/** The place where it was built would make other bytes elsewhere, and is nobody's business. */
function refuseOwnPaths(executable: string): void {
  if (readFileSync(executable).includes(`${root}/`))
    throw new Error(`${executable} names ${root}: see define of the build`);
}

function finish(note: ReleaseNote, former: { readonly version: string; readonly file: string } | undefined): void {
  proveArtefact(note, options.out, former, scratch);
  signRelease(note, options.out, key);
  say(join(options.out, releaseName(note)));
}

function say(file: string): void {
  console.log(`${file.slice(options.out.length + 1).padEnd(52)} ${statSync(file).size} bytes`);
}

function makeManPages(): void {
  const script = join(root, "scripts", "man.ts");
  if (!existsSync(script)) return;
  const done = Bun.spawnSync([process.execPath, script], { cwd: root });
  if (done.exitCode !== 0) throw new Error(`the man pages were not made: ${done.stderr.toString()}`);
}

function manPagesOf(product: string): string[] {
  const folder = join(root, "dist", "man");
  if (!existsSync(folder)) return [];
  const names = readdirSync(folder).filter((name) => name.startsWith(product) && name.endsWith(".1"));
  return names.toSorted().map((name) => join(folder, name));
}

function lastCommitS(): string {
  const done = Bun.spawnSync(["git", "log", "-1", "--format=%ct"], { cwd: root });
  if (done.exitCode === 0) return done.stdout.toString().trim();
  console.error("this is no git checkout: say SOURCE_DATE_EPOCH, so that the packages can be made again");
  return process.exit(2);
}
