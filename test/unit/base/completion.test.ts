import { expect, test } from "bun:test";
import { completionScript } from "../../../src/base/completion.ts";
import { manPage } from "../../../src/base/man-page.ts";
import { parseCommand, type Program } from "../../../src/base/verbs.ts";
import { program as hub } from "../../../src/cli/program.ts";
import { spokeProgram as spoke } from "../../../spoke/verbs/program.ts";

/** What bash would offer for the last of these words. */
function offered(script: string, ...words: readonly string[]): string[] {
  const ask = `${script}
COMP_WORDS=(${words.map((word) => `'${word}'`).join(" ")}); COMP_CWORD=${words.length - 1}
_${words[0]}; printf '%s\\n' "\${COMPREPLY[@]}"`;
  const { stdout, stderr } = Bun.spawnSync(["bash", "--norc", "-c", ask]);
  expect(stderr.toString()).toBe("");
  return stdout.toString().split("\n").filter(Boolean);
}

const run = (): Promise<number> => Promise.resolve(0);
const SMALL: Program<object> = {
  name: "small",
  summary: "has a bit of everything",
  verbs: [
    { name: "serve", summary: "serves", run },
    { name: "rig register", summary: "takes a rig in", flags: [{ name: "well", value: "WELL", doc: "its well" }], run },
    { name: "rig revoke", summary: "shuts it out", run },
    {
      name: "backup",
      summary: "writes",
      flags: [{ name: "kind", value: "KIND", doc: "which", choices: ["full", "none"] }],
      run,
    },
    { name: "backup key", summary: "makes a key", run },
    {
      name: "shell",
      summary: "names one",
      arguments: [{ name: "SHELL", doc: "which", choices: ["bash", "zsh"] }],
      run,
    },
  ],
};

test("bash completes verbs, the second word of a verb, flags, and what has choices", () => {
  const script = completionScript(SMALL, "bash");
  expect(offered(script, "small", "se")).toEqual(["serve"]);
  expect(offered(script, "small", "rig", "re")).toEqual(["register", "revoke"]);
  expect(offered(script, "small", "rig", "register", "--w")).toEqual(["--well"]);
  expect(offered(script, "small", "rig", "register", "--well", "")).toEqual([]);
  expect(offered(script, "small", "backup", "")).toEqual(["key", "--kind", "--help"]);
  expect(offered(script, "small", "backup", "--kind", "f")).toEqual(["full"]);
  expect(offered(script, "small", "shell", "b")).toEqual(["bash"]);
  expect(offered(script, "small", "nonsense", "--x")).toEqual([]);
});

test.each([
  [hub.name, hub.verbs.map(({ name }) => name), completionScript(hub, "bash"), completionScript(hub, "zsh")],
  [spoke.name, spoke.verbs.map(({ name }) => name), completionScript(spoke, "bash"), completionScript(spoke, "zsh")],
] as const)("every verb of %s is offered, by either shell", (_name, verbs, bash, zsh) => {
  for (const word of verbs.flatMap((verb) => verb.split(" "))) {
    expect(bash).toContain(word);
    expect(zsh).toContain(`'${word}:`);
  }
});

test("another shell is refused with those that there are", () => {
  expect(() => parseCommand(hub, ["completion", "fish"])).toThrow('SHELL cannot be "fish"');
  expect(parseCommand(hub, ["completion", "zsh"])).toMatchObject({ call: { args: ["zsh"] } });
});

const PAGE = { version: "1.2.3", date: "2026-11-25", seeAlso: ["other(1)"] };

test("a manual page has every verb and flag, and hyphens that can be copied", () => {
  const page = manPage(hub, PAGE);
  for (const { name, flags = [] } of hub.verbs) {
    expect(page).toContain(`.SS fleet\\-hub ${name.replaceAll("-", "\\-")}`);
    for (const flag of flags) expect(page).toContain(`.B \\-\\-${flag.name.replaceAll("-", "\\-")}`);
  }
});

test("no line of a text becomes a macro by its first letter", () => {
  const verb = { name: "go", summary: "goes", details: ".SH not a section\n'tis", run: () => Promise.resolve(0) };
  const page = manPage({ name: "p", summary: "s", verbs: [verb] }, PAGE);
  expect(page).toContain("\\&.SH not a section\n\\&'tis");
});
