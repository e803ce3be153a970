import { expect, test } from "bun:test";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { commandCount, testBlocks } from "./runbooks/blocks.ts";

const ROOT = join(import.meta.dir, "..", "..");
const documents = ["README.md", "docs/operating.md", "docs/troubleshooting.md"].concat(
  readdirSync(join(ROOT, "docs", "runbooks")).map((name) => `docs/runbooks/${name}`),
);

test.each(documents)("every link of %s leads to a file that is there", (path) => {
  const links = [...readFileSync(join(ROOT, path), "utf8").matchAll(/(?<!!)\[[^\]]*\]\(([^)#:]+)(?:#[^)]*)?\)/g)];
  const missing = links.map(([, link = ""]) => link).filter((link) => !existsSync(join(ROOT, dirname(path), link)));
  expect(missing).toEqual([]);
});

test("every runbook but the index has a command that a test runs", () => {
  const untested = documents
    .filter((path) => path.startsWith("docs/runbooks/") && !path.endsWith("README.md"))
    .filter((path) => testBlocks(readFileSync(join(ROOT, path), "utf8")).length === 0);
  expect(untested).toEqual([]);
});

test("blocks are taken with the exit code that they promise, and others are left alone", () => {
  const text = "# A\n\n```sh test\ntrue\n```\n\n```sh\nrm -r /\n```\n\n```sh test exit=3\nfalse\n```\n";
  expect(testBlocks(text)).toEqual([
    { line: 3, script: "true\n", exit: 0 },
    { line: 11, script: "false\n", exit: 3 },
  ]);
});

test("what is counted are commands, not lines", () => {
  expect(commandCount("# why\na \\\n  b\n\ncat > f << 'END'\nno\ncommand\nEND\nx |\ny\n")).toBe(4);
  expect(commandCount("a |\n  b\n")).toBe(2);
  expect(commandCount("a \\\n  | b\n")).toBe(1);
});
