import { afterAll, expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryDirectory } from "../support/temporary.ts";
import { commandCount, startsBare, testBlocks, type Block } from "./runbooks/blocks.ts";

const ROOT = join(import.meta.dir, "..", "..");
const DOCUMENT_MS = 600_000;
const UNSHARE = ["unshare", "-m", "-p", "-f", "-n", "--kill-child", "--mount-proc"];
const NAMESPACES = Bun.which("unshare") !== null && Bun.spawnSync([...UNSHARE, "true"]).success;
if (!NAMESPACES) process.stderr.write("SKIPPED: this machine lends no namespaces, so no document can be run on it\n");

const wanted = process.env["FLEET_RUNBOOKS"] ?? "";
const documents = [
  "docs/operating.md",
  ...readdirSync(join(ROOT, "docs", "runbooks")).map((name) => `docs/runbooks/${name}`),
].filter((path) => path.endsWith(".md") && path.includes(wanted) && existsSync(join(ROOT, path)));

const counted = { run: 0, failed: 0 };
afterAll(() => {
  if (NAMESPACES) process.stdout.write(`commands run ${counted.run}, failed ${counted.failed}\n`);
});

for (const path of documents) {
  const text = readFileSync(join(ROOT, path), "utf8");
  const blocks = testBlocks(text);
  if (blocks.length === 0) continue;
  test.skipIf(!NAMESPACES)(
    `${path} does what it says`,
    () => {
      const results = play(blocks, startsBare(text) ? "bare" : "installed");
      const wrong = blocks.flatMap(({ line, script, exit }, at) => {
        const { status, output } = results[at] ?? { status: -1, output: "not run" };
        counted.run += commandCount(script);
        if (status === exit) return [];
        counted.failed += commandCount(script);
        return [`${path}:${line} ended with ${status} instead of ${exit}: ${output}`];
      });
      expect(wrong).toEqual([]);
    },
    DOCUMENT_MS,
  );
}

/** On a machine of its own, block after block. */
function play(blocks: readonly Block[], state: "bare" | "installed"): { status: number; output: string }[] {
  const folder = temporaryDirectory();
  for (const [at, { script }] of blocks.entries()) writeFileSync(join(folder, `${at + 1}.sh`), script);
  const stage = join(import.meta.dir, "runbooks", "stage.sh");
  const ended = Bun.spawnSync([...UNSHARE, "sh", stage, ROOT, folder, state], { stdin: "ignore" });
  if (!existsSync(join(folder, "1.status"))) throw new Error(`the stage was not set: ${ended.stderr.toString()}`);
  return blocks.map((_, at) => ({
    status: Number(readFileSync(join(folder, `${at + 1}.status`), "utf8")),
    output: readFileSync(join(folder, `${at + 1}.out`), "utf8"),
  }));
}
