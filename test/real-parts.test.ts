import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const ROOT = join(import.meta.dir, "..");
/** Other words for what a test puts in a real part's place. */
const DOUBLES = /\bmock\b|\bspyOn\b|\bjest\.|\bvi\./;
const SOCKETS = ["test/support/daemon.ts", "src/http/server.ts"];
const DATABASE = "src/db/connect.ts";
/** Every route, as requests reach it. */
const HTTP = "src/http/app.ts";
const ENGINES = ["postgres", "@electric-sql/pglite"];

function filesOf(folder: string, ending: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(ending))
    .map((name) => join(folder, name));
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), "utf8");
}

function code(file: string): string {
  return read(file).replaceAll(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, "");
}

/** What a file loads, and what that loads, and so on, but for types; packages by their names. */
function loadedBy(file: string, seen: Set<string> = new Set()): Set<string> {
  if (seen.has(file)) return seen;
  seen.add(file);
  if (!/\.tsx?$/.test(file)) return seen;
  const values = code(file).replaceAll(/import type [^;]*;/g, "");
  for (const [, path = ""] of values.matchAll(/(?:from|import)\s*\(?"([^"]+)"/g)) {
    if (path.startsWith(".")) loadedBy(relative(ROOT, join(ROOT, dirname(file), path)), seen);
    else seen.add(path);
  }
  return seen;
}

const SUITES = ["test/http", "test/domain", "test/e2e"].flatMap((folder) => filesOf(folder, ".test.ts"));

/** The classes of errors alone state nothing. */
function states(part: string): boolean {
  return part.startsWith("src/db/") && part !== "src/db/errors.ts";
}

test("defect 30: whatever runs a statement of ours runs it in a database that is really there", () => {
  const inProcess = SUITES.filter((file) => !file.startsWith("test/e2e"));
  const stating = inProcess.filter((file) => [...loadedBy(file)].some(states));
  expect(stating.length).toBeGreaterThan(inProcess.length / 2);
  expect(stating.filter((file) => !loadedBy(file).has(DATABASE))).toEqual([]);
  expect(ENGINES.filter((name) => !loadedBy(DATABASE).has(name))).toEqual([]);
});

test("defect 30: the suites of HTTP that have a database have every route before it", () => {
  const suites = SUITES.filter((file) => file.startsWith("test/http") && loadedBy(file).has(DATABASE));
  expect(suites.length).toBeGreaterThan(2);
  expect(suites.filter((file) => !loadedBy(file).has(HTTP))).toEqual([]);
});

test("defect 30: every end-to-end suite speaks to a process through a socket", () => {
  const suites = SUITES.filter((file) => file.startsWith("test/e2e"));
  expect(suites.length).toBeGreaterThan(0);
  expect(suites.filter((file) => !SOCKETS.some((part) => loadedBy(file).has(part)))).toEqual([]);
  expect(suites.filter((file) => !code(file).includes("fetch("))).toEqual([]);
});

test("defect 30: nothing that those suites load puts a double in the place of one of our parts", () => {
  const loaded = new Set(SUITES.flatMap((file) => [...loadedBy(file)]).filter((file) => file.startsWith("test/")));
  expect(loaded.size).toBeGreaterThan(SUITES.length);
  expect([...loaded].filter((file) => /\.tsx?$/.test(file) && DOUBLES.test(code(file)))).toEqual([]);
});
