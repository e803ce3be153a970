import { afterAll, beforeAll, describe, expect, test } from "bun:test";
import { appendFileSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { installedTool } from "../../support/debian-tool.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import { OTHER_KEY, TEST_KEY } from "./support/keys.ts";

/** The one command that makes a release, rehearsed in a clone: one small product, least effort, no tag. */
const ROOT = join(import.meta.dir, "..", "..", "..");
const LONG_MS = 900_000;
const folder = temporaryDirectory();
const clone = join(folder, "clone");
const out = join(clone, "dist", "rehearsal", "0.9.1");
const missing = ["git", "zstd", "lintian", "dpkg-deb"].filter(
  (name) => installedTool(name, name === "dpkg-deb" ? "dpkg" : name) === undefined,
);
if (missing.length > 0)
  process.stderr.write(`SKIPPED: no release is rehearsed here, for want of ${missing.join(", ")}\n`);

function inClone(...words: readonly string[]): { code: number; said: string } {
  const done = Bun.spawnSync([...words], { cwd: clone });
  return { code: done.exitCode, said: done.stdout.toString() + done.stderr.toString() };
}

function must(...words: readonly string[]): void {
  const { code, said } = inClone(...words);
  if (code !== 0) throw new Error(`${words.join(" ")}: ${said}`);
}

const commit = (message: string): void =>
  must("git", "-c", "user.name=Tester", "-c", "user.email=tester@example.org", "commit", "-q", "-a", "-m", message);

const release = (...words: readonly string[]) =>
  inClone(process.execPath, "deploy/release.ts", "0.9.1", "--rehearsal", ...words);

const checked = (...words: readonly string[]) => inClone(process.execPath, "deploy/check-release.ts", out, ...words);

describe.skipIf(missing.length > 0)("a release", () => {
  const key = join(folder, "release.key");
  const before = join(folder, "before");

  beforeAll(() => {
    Bun.spawnSync(["git", "clone", "-q", "--local", ROOT, clone]);
    if (Bun.spawnSync(["cp", "-al", join(ROOT, "node_modules"), clone]).exitCode !== 0) {
      Bun.spawnSync(["cp", "-a", join(ROOT, "node_modules"), clone]);
    }
    writeFileSync(key, TEST_KEY);
    const words = ["--fast", "--no-proof", "--product", "fleet-spoke", "--arch", process.arch, "--key", key];
    must(process.execPath, "deploy/package.ts", "--version", "0.9.0", "--out", before, ...words);
    const manifest = join(clone, "package.json");
    writeFileSync(manifest, readFileSync(manifest, "utf8").replace(/"version": "[^"]+"/, '"version": "0.9.1"'));
    appendFileSync(join(clone, "CHANGELOG.md"), "\n## 0.9.1\n\n- A release that is rehearsed.\n");
    commit("a version");
  }, LONG_MS);
  afterAll(() => rmSync(folder, { recursive: true, force: true }), LONG_MS);

  test("is refused at once in a checkout with changes, without a key, and for a version that is another", () => {
    appendFileSync(join(clone, "CHANGELOG.md"), "- Something more.\n");
    const refused = inClone(process.execPath, "deploy/release.ts", "0.9.2", "--previous", "/nowhere");
    for (const reason of ["has changes", "package.json says 0.9.1", "no section", "no key", "/nowhere is no release"]) {
      expect([refused.code, refused.said]).toEqual([1, expect.stringContaining(reason)]);
    }
    must("git", "checkout", "-q", "CHANGELOG.md");
    expect(release("--key", key, "--dry-run")).toEqual({ code: 0, said: expect.stringContaining("nothing was done") });
    expect(inClone(process.execPath, "deploy/release.ts").code).toBe(2);
  });

  test(
    "is made by one command: packages twice the same, a patch, components, sums and signatures, seen without a network",
    () => {
      const { code, said } = release("--key", key, "--previous", before);
      process.stdout.write(said.slice(said.indexOf("fleet-spoke")));
      expect([code, said]).toEqual([0, expect.stringContaining("files are whole and signed")]);
      expect(said).toContain("0 errors, 0 warnings");
      expect(said).toMatch(/two builds +equal: 4 files/);
      expect(said).toMatch(/purge +(?:0 files left|SKIPPED)/);
      expect(readdirSync(out)).toContain(`fleet-spoke-0.9.0-to-0.9.1-linux-${process.arch}.patch`);
      expect(inClone("git", "tag").said).toBe("");
      expect(inClone("git", "status", "--porcelain").said).toBe("");
    },
    LONG_MS,
  );

  test(
    "is seen to be another when a file is changed, missing, or signed by another",
    () => {
      const previous = ["--previous", before];
      expect(checked(...previous).code).toBe(0);
      expect(checked()).toEqual({ code: 1, said: expect.stringContaining("it starts from 0.9.0") });
      const patch = readdirSync(out).find((name) => name.endsWith(".patch")) ?? "";
      const whole = readFileSync(join(out, patch));
      appendFileSync(join(out, patch), "#");
      expect(checked(...previous)).toEqual({
        code: 1,
        said: expect.stringContaining(`${patch} is not what SHA256SUMS`),
      });
      renameSync(join(out, patch), join(folder, patch));
      expect(checked(...previous)).toEqual({ code: 1, said: expect.stringContaining(`${patch} is not there`) });
      writeFileSync(join(out, patch), whole);
      writeFileSync(join(folder, "other.key"), OTHER_KEY);
      const other = join(folder, "other.pub");
      const script = `import { readSecretKeyFile } from "./deploy/parts/signing.ts";
      await Bun.write(${JSON.stringify(other)}, readSecretKeyFile(${JSON.stringify(join(folder, "other.key"))}).publicText);`;
      must(process.execPath, "-e", script);
      expect(checked(...previous, "--key", other)).toEqual({
        code: 1,
        said: expect.stringContaining("not trusted here"),
      });
      expect(checked(...previous).code).toBe(0);
    },
    LONG_MS,
  );
});
