import { expect, test } from "bun:test";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { FIXTURES } from "../support/fixtures.ts";

const ROOT = join(import.meta.dir, "..", "..");
const text = (path: string): string => readFileSync(join(ROOT, path), "utf8");

/** `http/roles` “every route is in one of the tables”, “opens by role” */
const NAMED = /`([\w./-]+)` (“[^”]+”(?:, “[^”]+”)*)/g;
const REQUIREMENT = /v5\.0\.0-(\d+\.\d+(?:\.\d+)?)/g;

function fileOf(name: string): string {
  return `test/${name}${/\.(?:ops|browser|faults)$/.test(name) ? ".ts" : ".test.ts"}`;
}

/** The standard's own list: `1.2 1-9` is 1.2.1 to 1.2.9. */
function requirements(): string[] {
  const lines = readFileSync(join(FIXTURES, "asvs-5.0.0.txt"), "utf8").split("\n");
  return lines
    .filter((line) => /^\d/.test(line))
    .flatMap((line) => {
      const [section = "", range = ""] = line.split(" ");
      const [first = 0, last = first] = range.split("-").map(Number);
      return Array.from({ length: last - first + 1 }, (_, at) => `${section}.${first + at}`);
    });
}

interface Named {
  readonly path: string;
  readonly sentence: string;
}

function namedIn(document: string): Named[] {
  return [...document.matchAll(NAMED)].flatMap(([, name = "", sentences = ""]) =>
    [...sentences.matchAll(/“([^”]+)”/g)].map(([, sentence = ""]) => ({ path: fileOf(name), sentence })),
  );
}

function isThere({ path, sentence }: Named): boolean {
  return existsSync(join(ROOT, path)) && text(path).includes(sentence);
}

test.each(["docs/security.md", "docs/promises.md"])("every test that %s names is there", (document) => {
  const named = namedIn(text(document));
  expect(named.length).toBeGreaterThan(10);
  expect(named.filter((each) => !isThere(each))).toEqual([]);
});

test("each requirement of levels 1 and 2 stands in the document once, and none that there is not", () => {
  const all = requirements();
  expect(all).toHaveLength(253);
  const said = [...text("docs/security.md").matchAll(REQUIREMENT)].flatMap(([, id = ""]) =>
    id.split(".").length === 3 ? [id] : all.filter((each) => each.startsWith(`${id}.`)),
  );
  expect(said.toSorted()).toEqual(all.toSorted());
});

test("a test that is not there is missed, also as the second of a file", () => {
  const named = namedIn("`http/roles` “opens by role”, “does what nobody wrote”; `http/nothing` “opens by role”");
  expect(named.map(isThere)).toEqual([true, false, false]);
});
