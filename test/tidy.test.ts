import { expect, test } from "bun:test";
import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

const ROOT = join(import.meta.dir, "..");
const files = ["src", "spoke", "views", "migrations"].flatMap(sourceFiles);

function sourceFiles(folder: string): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
    .filter((name) => /\.tsx?$/.test(name))
    .map((name) => join(folder, name));
}

function read(file: string): string {
  return readFileSync(join(ROOT, file), "utf8");
}

/** Code without comments and texts, so that a word in a sentence is no finding. */
function code(file: string): string {
  return read(file)
    .replaceAll(/\/\*[\s\S]*?\*\//g, "")
    .replaceAll(/^\s*\/\/.*$/gm, "");
}

function imports(file: string): string[] {
  return [...read(file).matchAll(/(?:from|import)\s*\(?"(\.[^"]+)"/g)].map(([, path = ""]) =>
    relative(ROOT, join(ROOT, dirname(file), path)),
  );
}

/** Which rooms a room may see; itself always. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  "src/base/": [],
  "src/wire/": ["src/base/"],
  "src/recall/": ["src/base/", "src/wire/"],
  "src/db/": ["src/base/", "src/wire/", "migrations/", "package.json"],
  "src/domain/": ["src/base/", "src/wire/", "src/recall/", "src/db/", "package.json"],
  "src/http/": ["src/base/", "src/wire/", "src/domain/", "src/db/errors.ts", "views/", "package-lock.json"],
  "views/": ["src/base/", "src/wire/"],
  // The executable carries its own units, as texts.
  "spoke/": ["src/base/", "src/wire/", "src/recall/", "package.json", "deploy/systemd/"],
};

test("every room imports only what stands below it", () => {
  const trespasses = files.flatMap((file) => {
    const room = Object.keys(ROOMS).find((folder) => file.startsWith(folder));
    if (room === undefined) return [];
    const allowed = [room, ...(ROOMS[room] ?? [])];
    return imports(file)
      .filter((target) => !target.startsWith("node_modules") && !allowed.some((folder) => target.startsWith(folder)))
      .map((target) => `${file} imports ${target}`);
  });
  expect(trespasses).toEqual([]);
});

test("time, randomness and the network come in through the adapters only", () => {
  const adapters = new Set(["src/base/clock.ts", "src/base/random.ts", "src/base/net.ts"]);
  const direct = /\bDate\.now\(|\bMath\.random\(|\bset(?:Timeout|Interval)\(|\bperformance\.now\(|(?<![.\w])fetch\(/;
  expect(files.filter((file) => !adapters.has(file) && direct.test(code(file)))).toEqual([]);
});

test("SQL of the hub stands in src/db only", () => {
  const statement = /\b(?:sql|tx)`\s*(?:select|insert|update|delete|with)\b/i;
  const outside = files.filter((file) => /^src\/(?!db\/)/.test(file) || file.startsWith("views/"));
  expect(outside.filter((file) => statement.test(code(file)))).toEqual([]);
});

test("only a composition root reads the process environment", () => {
  const roots = new Set(["src/main.ts", "spoke/main.ts"]);
  expect(files.filter((file) => !roots.has(file) && /process\.env|Bun\.env/.test(code(file)))).toEqual([]);
});

test("no file is imported by nothing", () => {
  const roots = new Set(["src/main.ts", "spoke/main.ts", "views/jsx-runtime.ts"]);
  const everything = [...files, ...sourceFiles("scripts"), ...sourceFiles("test")];
  const imported = new Set(everything.flatMap(imports));
  const dead = files.filter(
    (file) => !roots.has(file) && !file.endsWith(".d.ts") && !file.startsWith("migrations/") && !imported.has(file),
  );
  expect(dead).toEqual([]);
});

test("every export has a reader", () => {
  const readers = ["scripts", "deploy", "test"].flatMap(sourceFiles);
  const words = new Map<string, number>();
  for (const file of [...files, ...readers]) {
    for (const [word] of read(file).matchAll(/\w+/g)) words.set(word, (words.get(word) ?? 0) + 1);
  }
  const names = files.flatMap((file) =>
    [...read(file).matchAll(/^export (?:async )?(?:function\*?|const|class|interface|type) (\w+)/gm)].map(
      ([, name = ""]) => ({ file, name }),
    ),
  );
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter(({ name }) => words.get(name) === 1)).toEqual([]);
});
