import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { gzipSync } from "node:zlib";
import { changelog, control, copyright, overrides, postinst, postrm, prerm, type DebSubject } from "./deb-texts.ts";

export interface ExtraFile {
  /** Where it goes, without a leading slash. */
  readonly place: string;
  readonly content: string;
}

export interface Deb {
  readonly subject: Omit<DebSubject, "installedKib">;
  readonly executable: string;
  /** Units, sysusers and tmpfiles of the product, from deploy/systemd. */
  readonly units: readonly string[];
  /** Man pages, by path; none where they were not made. */
  readonly manPages: readonly string[];
  /** What else it brings: completions, alarms, runbooks. */
  readonly extras: readonly ExtraFile[];
  /** What a failed service runs to get the release before back. */
  readonly rollback: string;
  readonly publicKey: string | undefined;
  readonly sbom: string;
  readonly notices: readonly { readonly name: string; readonly licence: string }[];
  /** Where the tree may be laid out. */
  readonly scratch: string;
  readonly out: string;
  /** dpkg's own level, 6; lower ones while developing. */
  readonly level: number;
}

/** Writes the package; the same input and epoch give the same bytes. */
export function writeDeb(deb: Deb): void {
  const { subject, scratch, out } = deb;
  rmSync(scratch, { recursive: true, force: true });
  layOut(deb);
  const installedKib = Math.ceil(statSync(deb.executable).size / 1024) + 200;
  writeControl(deb, { ...subject, installedKib });
  normaliseModes(scratch);
  rmSync(out, { force: true });
  const words = ["dpkg-deb", "--root-owner-group", "-Zxz", `-z${deb.level}`, "--build", scratch, out];
  const done = Bun.spawnSync(words, { env: { ...process.env, SOURCE_DATE_EPOCH: `${subject.epochS}` } });
  if (done.exitCode !== 0) throw new Error(`dpkg-deb failed: ${done.stderr.toString()}`);
  rmSync(scratch, { recursive: true });
}

/** The same package under another version, packed as quickly as can be: for trying what dpkg does with it. */
export function repack(deb: string, out: string, version: string, scratch: string): void {
  rmSync(scratch, { recursive: true, force: true });
  run(["dpkg-deb", "--raw-extract", deb, scratch]);
  for (const name of ["control", "postinst"]) {
    const path = join(scratch, "DEBIAN", name);
    const text = readFileSync(path, "utf8");
    writeFileSync(
      path,
      text.replace(/^Version: .*$/m, `Version: ${version}`).replaceAll(/releases\/[^/"]+/g, `releases/${version}`),
    );
  }
  run(["dpkg-deb", "--root-owner-group", "-Znone", "--build", scratch, out]);
  rmSync(scratch, { recursive: true });
}

function run(words: readonly string[]): void {
  const done = Bun.spawnSync([...words]);
  if (done.exitCode !== 0) throw new Error(`${words[0]} failed: ${done.stderr.toString()}`);
}

function layOut(deb: Deb): void {
  const { subject, executable, units, manPages, rollback, publicKey, sbom, notices, scratch } = deb;
  const { product } = subject;
  const put = (path: string, content: string | Uint8Array): void => {
    mkdirSync(dirname(join(scratch, path)), { recursive: true });
    writeFileSync(join(scratch, path), content);
  };
  put(`usr/lib/${product}/shipped/${product}`, "");
  copyFileSync(executable, join(scratch, `usr/lib/${product}/shipped/${product}`));
  mkdirSync(join(scratch, "usr/bin"), { recursive: true });
  symlinkSync(`../lib/${product}/current/${product}`, join(scratch, "usr/bin", product));
  for (const unit of units) put(unitPlace(unit, product), readFileSync(unit));
  for (const page of manPages) put(`usr/share/man/man1/${page.split("/").at(-1)}.gz`, gzip(readFileSync(page, "utf8")));
  for (const { place, content } of deb.extras) put(place, content);
  if (publicKey !== undefined) put(`usr/share/${product}/release.pub`, publicKey);
  put(`usr/share/doc/${product}/sbom.cdx.json.gz`, gzip(sbom));
  put(`usr/share/doc/${product}/changelog.gz`, gzip(changelog({ ...subject, installedKib: 0 })));
  put(`usr/share/doc/${product}/copyright`, copyright(notices, subject.epochS));
  put(`usr/share/lintian/overrides/${product}`, overrides({ ...subject, installedKib: 0 }));
  put(settingsFile(product), environmentFile(product));
  if (existsSync(rollback)) put(`usr/lib/${product}/rollback`, readFileSync(rollback));
}

/** sysusers and tmpfiles have folders of their own; drop-ins stay in theirs. */
function unitPlace(path: string, product: string): string {
  const name = path.split("/").at(-1) ?? "";
  if (/sysusers/.test(path)) return `usr/lib/sysusers.d/${product}.conf`;
  if (/tmpfiles/.test(path)) return `usr/lib/tmpfiles.d/${product}.conf`;
  return `lib/systemd/system/${name}`;
}

/** `etc/fleet-hub/hub.env`, as the units name it. */
function settingsFile(product: string): string {
  return `etc/${product}/${product.slice("fleet-".length)}.env`;
}

function environmentFile(product: string): string {
  const example = product === "fleet-hub" ? "FLEET_BIND_ADDRESS=10.88.0.1" : "FLEET_LOG_LEVEL=info";
  return [
    `# Settings of ${product}, one NAME=value a line; "${product} help" lists them. Secrets do not belong here.`,
    `#${example}`,
    "",
  ].join("\n");
}

function writeControl({ subject, scratch }: Deb, whole: DebSubject): void {
  const { product } = subject;
  const folder = join(scratch, "DEBIAN");
  mkdirSync(folder, { recursive: true });
  // A rig that nobody enrolled has nobody to talk to: it starts once its settings are there.
  const startsAlone = product === "fleet-hub" ? "true" : "[ -e /etc/fleet-spoke/fleet.toml ]";
  writeFileSync(join(folder, "control"), control(whole));
  writeFileSync(join(folder, "conffiles"), `/${settingsFile(product)}\n`);
  writeFileSync(join(folder, "postinst"), postinst(whole, startsAlone));
  writeFileSync(join(folder, "prerm"), prerm(whole));
  writeFileSync(join(folder, "postrm"), postrm(whole));
  writeFileSync(join(folder, "md5sums"), md5sums(scratch));
}

function md5sums(scratch: string): string {
  return files(scratch)
    .filter((path) => !path.startsWith("DEBIAN/") && !path.startsWith("etc/") && existsSync(join(scratch, path)))
    .map((path) => `${new Bun.CryptoHasher("md5").update(readFileSync(join(scratch, path))).digest("hex")}  ${path}\n`)
    .join("");
}

function files(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .toSorted();
}

/** Whatever the umask of whoever builds. */
function normaliseModes(scratch: string): void {
  for (const entry of readdirSync(scratch, { recursive: true, withFileTypes: true })) {
    if (entry.isSymbolicLink()) continue;
    const path = join(entry.parentPath, entry.name);
    const runs = entry.isDirectory() || /\/shipped\/|\/rollback$|DEBIAN\/(?:post|pre)/.test(path);
    chmodSync(path, runs ? 0o755 : 0o644);
  }
  chmodSync(scratch, 0o755);
}

/** gzip notes the time and the system it ran on; the runtime's writes neither time nor name, and the system is fixed here. */
function gzip(text: string): Uint8Array {
  const bytes = gzipSync(text, { level: 9 });
  bytes[9] = 3;
  return bytes;
}
