import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import packageJson from "../package.json" with { type: "json" };
import { VERSION_PATTERN } from "../src/base/release/note.ts";

const root = join(import.meta.dir, "..");

/** One thing that must hold, or be done, before there is a release. */
interface Step {
  readonly name: string;
  readonly command: readonly string[];
}

const { version, key, previous, dryRun } = wanted();
const out = join(root, "dist", "release", version);
refuseUnready();
for (const { name, command } of steps()) {
  console.log(`${dryRun ? "would run" : "=="} ${name}: ${command.join(" ")}`);
  if (!dryRun) run(name, command);
}
console.log(dryRun ? "nothing was done" : `release ${version} is in ${out}; next: docs/releasing.md, "Hand it out"`);

function wanted() {
  try {
    const { values, positionals } = parseArgs({
      allowPositionals: true,
      options: {
        key: { type: "string" },
        previous: { type: "string", multiple: true, default: [] },
        "dry-run": { type: "boolean", default: false },
      },
    });
    const [named = "", ...more] = positionals;
    if (!VERSION_PATTERN.test(named) || more.length > 0) throw new Error("say the version: npm run release -- 1.2.3");
    return { version: named, key: values.key, previous: values.previous, dryRun: values["dry-run"] };
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
    ...previous.map((folder) => (existsSync(join(folder, "SHA256SUMS")) ? undefined : `${folder} is no release`)),
  ].filter((problem) => problem !== undefined);
  for (const problem of problems) console.error(problem);
  if (problems.length > 0) process.exit(1);
}

function steps(): Step[] {
  const patches = previous.flatMap((folder) => ["--previous", folder]);
  const words = ["--version", version, "--key", key ?? "-", "--out", out, ...patches];
  return [
    { name: "format, lint, types and tests", command: ["npm", "run", "check"] },
    { name: "upgrades", command: ["npm", "run", "test:upgrade"] },
    { name: "packages, sums and signatures", command: ["npm", "run", "package", "--", ...words] },
    { name: "packages are sound", command: ["sh", "-c", `lintian --fail-on error,warning ${out}/*.deb`] },
    {
      name: "the files are what the sums say",
      command: ["sh", "-c", `cd ${out} && sha256sum --check --quiet SHA256SUMS`],
    },
    { name: "the tag", command: ["git", "tag", "--annotate", `v${version}`, "--message", `Release ${version}`] },
  ];
}

function run(name: string, command: readonly string[]): void {
  const done = Bun.spawnSync([...command], { cwd: root, stdin: "inherit", stdout: "inherit", stderr: "inherit" });
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
