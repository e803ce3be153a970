import { expect, test } from "bun:test";
import { join } from "node:path";
import { completionScript } from "../../src/base/completion.ts";
import { manPage } from "../../src/base/man-page.ts";
import { program as hub } from "../../src/cli/program.ts";
import { spokeProgram as spoke } from "../../spoke/verbs/program.ts";
import { debianTool } from "../support/debian-tool.ts";
import { temporaryDirectory } from "../support/temporary.ts";

const TOOLS_MS = 120_000;
const PAGE = { version: "1.2.3", date: "2026-11-25", seeAlso: ["other(1)"] };
const mandoc = debianTool("mandoc", "mandoc");
const zsh = debianTool("zsh", "zsh");
for (const [tool, path] of Object.entries({ mandoc, zsh })) {
  if (path === undefined) process.stderr.write(`SKIPPED: ${tool} is not here and its package cannot be had\n`);
}

test.skipIf(mandoc === undefined)(
  "mandoc finds nothing to say of either page",
  async () => {
    for (const page of [manPage(hub, PAGE), manPage(spoke, PAGE)])
      expect(await saidOf(page, [mandoc ?? "mandoc", "-Tlint", "-W", "warning"])).toBe("");
  },
  TOOLS_MS,
);

test.skipIf(zsh === undefined)("zsh can read its completion of either program", async () => {
  for (const script of [completionScript(hub, "zsh"), completionScript(spoke, "zsh")])
    expect(await saidOf(script, [zsh ?? "zsh", "-n"])).toBe("");
});

async function saidOf(text: string, words: readonly string[]): Promise<string> {
  const path = join(temporaryDirectory(), "page.1");
  await Bun.write(path, text);
  const { stdout, stderr } = Bun.spawnSync([...words, path]);
  return stdout.toString() + stderr.toString();
}
