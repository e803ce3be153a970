import { expect, test } from "bun:test";
import { appendFileSync, copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { writeCompressed } from "../../../deploy/parts/artefacts.ts";
import { readSecretKey, signFile } from "../../../deploy/parts/signing.ts";
import { digestFile } from "../../../src/base/minisign.ts";
import { formatNote, releaseName, type ReleaseNote } from "../../../src/base/release/note.ts";
import { temporaryDirectory } from "../../support/temporary.ts";
import { OTHER_KEY, TEST_KEY, TEST_PUBLIC_KEY } from "./support/keys.ts";

/** What the installers do with a release, by their own shell, on a machine without any program of ours. */
const COMMON = join(import.meta.dir, "..", "..", "..", "deploy", "install-common.sh");
const missing = ["openssl", "zstd"].filter((name) => Bun.which(name) === null);
if (missing.length > 0)
  process.stderr.write(`SKIPPED: releases are not verified here, for want of ${missing.join(", ")}\n`);
const check = test.skipIf(missing.length > 0);

interface Stage {
  readonly folder: string;
  /** Beside the installer: whom it trusts. */
  readonly pinned: string;
  readonly file: string;
}

/** A signed release beside its sums, and an installer that knows its maker. */
function stage(note: Partial<ReleaseNote> = {}, form: "plain" | "zst" = "plain", key = TEST_KEY): Stage {
  const folder = temporaryDirectory();
  const here = join(folder, "deploy");
  mkdirSync(here);
  writeFileSync(join(here, "release.pub"), TEST_PUBLIC_KEY);
  const plain = join(folder, "executable");
  writeFileSync(plain, "the program\n");
  const { sha256, bytes } = digestFile(plain);
  const told = { product: "fleet-hub", version: "0.2.0", arch: process.arch, executable: sha256, bytes, ...note };
  const file = join(folder, releaseName({ ...told, form }));
  if (form === "zst") writeCompressed(plain, told, folder, true);
  else copyFileSync(plain, file);
  writeFileSync(`${file}.minisig`, signFile(file, formatNote({ ...told, form }), readSecretKey(key)));
  writeSum(file);
  return { folder, pinned: join(here, "release.pub"), file };
}

function writeSum(file: string, sum = digestFile(file).sha256): void {
  writeFileSync(join(file, "..", "SHA256SUMS"), `${sum}  ${file.split("/").at(-1)}\n`);
}

function install({ folder, file }: Stage, more = ""): { code: number; said: string } {
  const lines = [
    `set -eu; name=fleet-hub; base=${folder}/lib; here=${folder}/deploy; changed=0; executable=${file}`,
    `. ${COMMON}`,
    'verify_release "$executable"; unpack_release; cat "$executable"',
    more,
  ];
  const done = Bun.spawnSync(["sh", "-c", lines.join("\n")]);
  return { code: done.exitCode, said: done.stdout.toString() + done.stderr.toString() };
}

check.each(["plain", "zst"] as const)("a release (%s) of the pinned key is taken, and becomes its program", (form) => {
  const { code, said } = install(stage({}, form));
  expect([code, said]).toEqual([
    0,
    expect.stringMatching(/signature good: fleet-hub-0\.2\.0\S+\n(?:fleet-hub: made \S+\n)?the program\n$/),
  ]);
});

check("a second key in the file is good too", () => {
  const made = stage({}, "plain", OTHER_KEY);
  expect(install(made)).toEqual({ code: 1, said: expect.stringContaining("is not what its maker signed") });
  appendFileSync(made.pinned, readSecretKey(OTHER_KEY).publicText);
  expect(install(made).code).toBe(0);
});

check("one changed byte of the file, of the comment or of either signature is refused", () => {
  const made = stage();
  const good = readFileSync(`${made.file}.minisig`, "utf8");
  const lines = good.split("\n");
  const flipped = (at: number, by: (line: string) => string): string =>
    lines.map((line, index) => (index === at ? by(line) : line)).join("\n");
  const swapped = (line: string): string => line.slice(0, 40) + (line[40] === "A" ? "B" : "A") + line.slice(41);
  const bad = [
    flipped(1, swapped),
    flipped(2, (line) => line.replace("version:0.2.0", "version:0.2.1")),
    flipped(3, swapped),
    flipped(1, (line) => line.slice(0, 20)),
    "nothing of the kind\n",
    "",
  ];
  for (const text of bad) {
    expect(text).not.toBe(good);
    writeFileSync(`${made.file}.minisig`, text);
    expect(install(made)).toEqual({ code: 1, said: expect.stringContaining("is not what its maker signed") });
  }
  writeFileSync(`${made.file}.minisig`, good);
  expect(install(made).code).toBe(0);
  appendFileSync(made.file, "#");
  writeSum(made.file);
  expect(install(made)).toEqual({ code: 1, said: expect.stringContaining("is not what its maker signed") });
});

check("what the sums tell otherwise, or do not name, is refused", () => {
  const made = stage();
  writeSum(made.file, "0".repeat(64));
  expect(install(made)).toEqual({ code: 1, said: expect.stringContaining("not what SHA256SUMS says") });
  writeFileSync(join(made.folder, "SHA256SUMS"), `${"0".repeat(64)}  another\n`);
  expect(install(made)).toEqual({ code: 1, said: expect.stringContaining("does not name") });
});

check.each([
  ["product", { product: "fleet-spoke" }],
  ["architecture", { arch: process.arch === "x64" ? "arm64" : "x64" }],
])("a good signature of another %s is refused", (_what, note) => {
  const made = stage(note);
  expect(install(made)).toEqual({ code: 1, said: expect.stringContaining("is another's") });
});

check("a compressed release that does not hold what was signed is refused", () => {
  const made = stage({ executable: "0".repeat(64) }, "zst");
  expect(install(made)).toEqual({ code: 1, said: expect.stringContaining("not what was signed") });
});

check("with a pinned key nothing unsigned is taken; without key and signature it is a build of one's own", () => {
  const made = stage();
  Bun.spawnSync(["rm", `${made.file}.minisig`]);
  expect(install(made)).toEqual({ code: 1, said: expect.stringContaining("is not signed") });
  Bun.spawnSync(["rm", made.pinned]);
  expect(install(made)).toEqual({ code: 0, said: "the program\n" });
  const unknown = stage();
  Bun.spawnSync(["rm", unknown.pinned]);
  expect(install(unknown)).toEqual({ code: 1, said: expect.stringContaining("there is no key to check") });
});
