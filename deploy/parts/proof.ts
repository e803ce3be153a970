import { cpSync, existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { basename, join } from "node:path";
import { inScratchRoot, noScratchRoot, scratchRootUnder } from "./scratch-root.ts";

/** What a check of a release found, as one line for people; `failed` ends the making of it. */
export interface Finding {
  readonly what: string;
  readonly found: string;
  readonly failed: boolean;
}

/** Loud, so that nobody takes it for a pass. */
function skipped(what: string, reason: string): Finding {
  process.stderr.write(`SKIPPED: ${what}: ${reason}\n`);
  return { what, found: `SKIPPED: ${reason}`, failed: false };
}

export function lintianFindings(debs: readonly string[]): Finding {
  const what = "lintian";
  if (Bun.which("lintian") === null) return skipped(what, "it is not installed: apt-get install lintian");
  const done = Bun.spawnSync(["lintian", "--fail-on", "error,warning", ...debs]);
  const text = done.stdout.toString();
  const count = (letter: string): number => text.split("\n").filter((line) => line.startsWith(`${letter}: `)).length;
  process.stderr.write(text);
  const found = `${count("E")} errors, ${count("W")} warnings in ${debs.length} packages`;
  return { what, found, failed: done.exitCode !== 0 };
}

/** Makes the same files again in a clean clone at another place, and compares them byte for byte. */
export function builtAgain(root: string, out: string, words: readonly string[], scratch: string, epochS: number) {
  const what = "two builds";
  const git = (...rest: readonly string[]) => Bun.spawnSync(["git", "-C", root, ...rest]);
  if (git("status", "--porcelain").stdout.toString() !== "") return skipped(what, "the checkout has changes");
  const clone = join(scratch, "clone");
  const again = join(scratch, "again");
  if (git("clone", "--quiet", "--local", root, clone).exitCode !== 0) return skipped(what, "this cannot be cloned");
  copyModules(root, clone);
  const script = [process.execPath, join(clone, "deploy", "package.ts"), ...words, "--out", again, "--no-proof"];
  const env = { ...process.env, SOURCE_DATE_EPOCH: `${epochS}` };
  const done = Bun.spawnSync(script, { cwd: clone, env, stdout: "ignore", stderr: "inherit" });
  if (done.exitCode !== 0) return { what, found: "the second build failed", failed: true };
  const [first, second] = [comparable(out), comparable(again)];
  const differing = [...new Set([...first, ...second])].filter((name) => !same(join(out, name), join(again, name)));
  const found = differing.length === 0 ? `equal: ${first.length} files` : `differ: ${differing.join(", ")}`;
  return { what, found, failed: differing.length > 0 };
}

/** Files that are made without the secret key, which the second build is not given, and without its public half. */
function comparable(folder: string): string[] {
  return readdirSync(folder).filter((name) => /\.(?:deb|zst|json|patch)$/.test(name));
}

function same(left: string, right: string): boolean {
  return existsSync(left) && existsSync(right) && Bun.spawnSync(["cmp", "-s", left, right]).exitCode === 0;
}

/** As hard links where that works: 400 MB need not be written again. */
function copyModules(root: string, clone: string): void {
  const [from, to] = [join(root, "node_modules"), join(clone, "node_modules")];
  if (Bun.spawnSync(["cp", "-al", from, to]).exitCode !== 0) cpSync(from, to, { recursive: true });
}

/** Two packages of one product, the second one newer, through all that dpkg does with them. */
export function installedAndGone(product: string, debs: readonly [string, string], scratch: string): Finding {
  const what = `${product}: install, install, upgrade, remove, purge`;
  const reason = Bun.which("dpkg") === null ? "no dpkg here" : noScratchRoot(scratch);
  if (reason !== undefined) return skipped(what, reason);
  const [first, second] = debs.map((deb) => basename(deb));
  const { code, err, left } = inScratchRoot(
    scratchRootUnder(scratch),
    debs,
    `cd /root
    dpkg -i ${first} > /dev/null
    dpkg -i ${first} > /dev/null
    mkdir -p /var/lib/${product} && echo event > /var/lib/${product}/kept
    dpkg --force-confold -i ${second} > /dev/null
    ${product} version > /dev/null
    dpkg -r ${product} > /dev/null
    grep -q event /var/lib/${product}/kept
    dpkg -P ${product} > /dev/null`,
  );
  if (code !== 0) return { what, found: `ended with ${code}: ${err.trim()}`, failed: true };
  // What dpkg, sysusers and the index of man pages keep for themselves.
  const own =
    /^\/(?:root\/|var\/(?:lib\/(?:dpkg|systemd)|cache|log)|etc\/(?:(?:passwd|group|shadow|gshadow)-?|credstore)$)/;
  const alien = left.filter((line) => !own.test(line));
  return { what, found: `${alien.length} files left ${alien.slice(0, 5).join(" ")}`.trim(), failed: alien.length > 0 };
}

export function sizes(out: string): Finding[] {
  const of = (name: string): number => statSync(join(out, name)).size;
  const names = readdirSync(out);
  const debs = names.filter((name) => name.endsWith(".deb"));
  const patches = names.filter((name) => name.endsWith(".patch"));
  const boms = names.filter((name) => name.endsWith(".cdx.json"));
  return [
    ...debs.map((name) => ({ what: name, found: `${(of(name) / 1e6).toFixed(1)} MB`, failed: false })),
    ...patches.map((name) => ({ what: name, found: `${of(name)} bytes`, failed: false })),
    ...boms.map((name) => ({ what: name, found: `${components(join(out, name))} components`, failed: false })),
  ];
}

function components(file: string): number {
  const bom = JSON.parse(readFileSync(file, "utf8")) as { readonly components: readonly unknown[] };
  return bom.components.length;
}
