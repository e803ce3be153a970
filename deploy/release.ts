import { existsSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import packageJson from "../package.json" with { type: "json" };
import { VERSION_PATTERN } from "../src/base/release/note.ts";

const root = join(import.meta.dir, "..");

/** One thing that must hold, or be done, before there is a release. */
interface Step {
  readonly name: string;
  readonly command: readonly string[];
  /** The key may come that way, and nobody else may drink it. */
  readonly readsKey?: boolean;
}

const { version, key, previous, passwordFile, dryRun, rehearsal } = wanted();
const out = join(root, "dist", rehearsal ? "rehearsal" : "release", version);
// A rehearsal may be repeated as often as anyone likes.
if (rehearsal && !dryRun) rmSync(out, { recursive: true, force: true });
refuseUnready();
for (const { name, command, readsKey = false } of steps()) {
  console.log(`${dryRun ? "would run" : "=="} ${name}: ${command.join(" ")}`);
  if (!dryRun) run(name, command, readsKey);
}
console.log(dryRun ? "nothing was done" : `release ${version} is in ${out}; next: docs/releasing.md, "Hand it out"`);

function wanted() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        key: { type: "string" },
        previous: { type: "string", multiple: true, default: [] },
        "password-file": { type: "string" },
        "dry-run": { type: "boolean", default: false },
        rehearsal: { type: "boolean", default: false },
      },
    });
    const [named = "", ...more] = positionals;
    if (!VERSION_PATTERN.test(named) || more.length > 0) throw new Error("say the version: npm run release -- 1.2.3");
    const { key: secretKey, previous: folders, rehearsal: rehearsed } = values;
    return {
      version: named,
      key: secretKey,
      previous: folders,
      passwordFile: values["password-file"],
      dryRun: values["dry-run"],
      rehearsal: rehearsed,
    };
  } catch (error) {
    return misused((error as Error).message);
  }
}

/** What can be known before an hour of tests is spent; all of it at once. */
function refuseUnready(): void {
  const changelog = readFileSync(join(root, "CHANGELOG.md"), "utf8");
  const tag = git("tag", "--list", `v${version}`);
  const problems = [
    git("status", "--porcelain") === "" ? undefined : "the checkout has changes: commit them, or put them away",
    packageJson.version === version ? undefined : `package.json says ${packageJson.version}: npm version ${version}`,
    Bun.version === packageJson.dependencies.bun ? undefined : `this is bun ${Bun.version}: use npm run release`,
    new RegExp(`^## ${version.replaceAll(".", "\\.")}\\b`, "m").test(changelog)
      ? undefined
      : "CHANGELOG.md has no section for it",
    tag === "" ? undefined : `v${version} was released already: choose the next version`,
    existsSync(out) ? `${out} is there already: move it away` : undefined,
    key === undefined ? "no key to sign with: --key FILE, or --key - from a password store" : undefined,
    key !== undefined && key !== "-" && !existsSync(key) ? `there is no key ${key}` : undefined,
    ...["zstd", "dpkg-deb", "lintian"].map((name) =>
      Bun.which(name) === null ? `${name} is not installed` : undefined,
    ),
    ...previous.map((folder) => (existsSync(join(folder, "SHA256SUMS")) ? undefined : `${folder} is no release`)),
  ].filter((problem) => problem !== undefined);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exit(1);
}

/** A rehearsal goes the same way with one small product, the least effort and no tag. */
function steps(): Step[] {
  const patches = previous.flatMap((folder) => ["--previous", folder]);
  const password = passwordFile === undefined ? [] : ["--password-file", passwordFile];
  const small = rehearsal ? ["--fast", "--product", "fleet-spoke", "--arch", process.arch] : [];
  const words = ["--version", version, "--key", key ?? "-", "--out", out, ...password, ...patches, ...small];
  const tests = [
    { name: "format, lint, types and tests", command: ["npm", "run", "check"] },
    { name: "upgrades", command: ["npm", "run", "test:upgrade"] },
    { name: "rigs and hubs of two releases", command: ["npm", "run", "test:skew"] },
  ];
  return [
    ...(rehearsal ? [] : tests),
    {
      name: "packages, sums and signatures, made twice and tried",
      command: [process.execPath, join(root, "deploy", "package.ts"), ...words],
      readsKey: true,
    },
    {
      name: "what was made is whole and signed, seen without a network",
      command: [...offline(), process.execPath, join(root, "deploy", "check-release.ts"), out, ...patches],
    },
    ...(rehearsal
      ? []
      : [{ name: "the tag", command: ["git", "tag", "--annotate", `v${version}`, "--message", `Release ${version}`] }]),
  ];
}

/** In a network of its own, where that is allowed. */
function offline(): string[] {
  return Bun.spawnSync(["unshare", "-n", "true"], { stderr: "ignore" }).exitCode === 0 ? ["unshare", "-n"] : [];
}

function run(name: string, command: readonly string[], readsKey: boolean): void {
  const stdin = readsKey ? "inherit" : "ignore";
  const done = Bun.spawnSync([...command], { cwd: root, stdin, stdout: "inherit", stderr: "inherit" });
  if (done.exitCode === 0) return;
  console.error(`${name}: failed, and there is no release`);
  process.exit(1);
}

function git(...words: readonly string[]): string {
  const done = Bun.spawnSync(["git", ...words], { cwd: root });
  if (done.exitCode !== 0) misused(`git ${words.join(" ")}: ${done.stderr.toString().trim()}`);
  return done.stdout.toString().trim();
}

function misused(message: string): never {
  console.error(message);
  return process.exit(2);
}
