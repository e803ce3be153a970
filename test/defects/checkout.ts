import { cpSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { temporaryDirectory } from "../support/temporary.ts";
import type { Mutant } from "./mutant.ts";

const ROOT = join(import.meta.dir, "..", "..");

/** A run that takes longer is stopped; a test that hangs for a defect has found it, and says so by no result at all. */
const RUN_MAX_MS = 180_000;

export interface TestRun {
  readonly green: boolean;
  /** Of the tests that ran, by the name of each with its suites. */
  readonly passed: readonly string[];
  readonly failed: readonly string[];
  readonly output: string;
}

/** A copy of the working tree, in which a defect does nobody harm. */
export interface Checkout {
  /** Runs the tests of a file that a pattern names. */
  run(file: string, named: string): Promise<TestRun>;
  /** The same with the defect in, which is out again when it resolves. Throws when the text to replace is not there once. */
  runWith(mutant: Mutant, named: string): Promise<TestRun>;
}

export function checkOut(databaseUrl: string): Checkout {
  const folder = copyOfWorkingTree();
  const run = (file: string, named: string): Promise<TestRun> => runTests(folder, databaseUrl, file, named);
  return {
    run,
    async runWith(mutant, named) {
      const path = join(folder, mutant.file);
      const before = readFileSync(path, "utf8");
      writeFileSync(path, putBack(before, mutant));
      try {
        return await run(mutant.test, named);
      } finally {
        writeFileSync(path, before);
      }
    },
  };
}

/** Everything but what git ignores; the packages are shared. */
export function copyOfWorkingTree(): string {
  const folder = temporaryDirectory();
  for (const file of workingTree()) {
    mkdirSync(join(folder, dirname(file)), { recursive: true });
    cpSync(join(ROOT, file), join(folder, file));
  }
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  return folder;
}

function workingTree(): string[] {
  const { stdout } = Bun.spawnSync(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], {
    cwd: ROOT,
  });
  const deleted = Bun.spawnSync(["git", "ls-files", "-z", "--deleted"], { cwd: ROOT });
  const gone = new Set(deleted.stdout.toString().split("\0"));
  return stdout
    .toString()
    .split("\0")
    .filter((file) => file !== "" && !gone.has(file));
}

export function putBack(text: string, { file, find, replace }: Pick<Mutant, "file" | "find" | "replace">): string {
  const times = text.split(find).length - 1;
  if (times !== 1) throw new Error(`${file} has ${times} times, not once: ${find.trim()}`);
  return text.replace(find, () => replace);
}

async function runTests(folder: string, databaseUrl: string, file: string, named: string): Promise<TestRun> {
  const child = Bun.spawn([process.execPath, "test", `./${file}`, "-t", named], {
    cwd: folder,
    env: { ...process.env, FLEET_TEST_DATABASE_URL: databaseUrl },
    stdin: "ignore",
    stdout: "pipe",
    stderr: "pipe",
    timeout: RUN_MAX_MS,
    killSignal: "SIGKILL",
  });
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  const output = out + err;
  const names = (mark: string): string[] =>
    [...output.matchAll(new RegExp(String.raw`^\(${mark}\) (.*?)(?: \[[\d.]+ms\])?$`, "gm"))].map(
      ([, name = ""]) => name,
    );
  return { green: code === 0, passed: names("pass"), failed: names("fail"), output };
}
