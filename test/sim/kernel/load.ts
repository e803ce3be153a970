import { plugin } from "bun";
import { readFileSync } from "node:fs";
import { join, relative } from "node:path";

const ROOT = join(import.meta.dir, "..", "..", "..");

/** A text of the product that is another one in this process. */
export interface Edit {
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** What the spoke reaches that no argument of it passes in. */
const SEAMS: readonly (readonly [string, string])[] = [
  ['from "bun:sqlite"', `from "${join(import.meta.dir, "sqlite.ts")}"`],
  ['from "node:fs/promises"', `from "${join(import.meta.dir, "fs-promises.ts")}"`],
];
const SPOKE_SEAMS: ReadonlySet<string> = new Set(["spoke/queue-folder.ts", "spoke/folder-file.ts"]);

/** Before anything of the product is imported. */
export function loadProduct(edits: readonly Edit[]): void {
  plugin({
    name: "simulation",
    setup(build) {
      build.onLoad({ filter: /\/(?:spoke|src)\/.*\.ts$/ }, ({ path }) => {
        const file = relative(ROOT, path);
        let contents = readFileSync(path, "utf8");
        for (const edit of edits) {
          if (edit.file === file) contents = edited(contents, edit);
        }
        return { contents: withSeams(file, contents), loader: "ts" };
      });
    },
  });
}

function edited(text: string, { file, find, replace }: Edit): string {
  const times = text.split(find).length - 1;
  if (times !== 1) throw new Error(`${file} has ${times} times, not once: ${find.trim()}`);
  return text.replace(find, () => replace);
}

function withSeams(file: string, text: string): string {
  if (!file.startsWith("spoke/")) return text;
  const [[sqlite, ourSqlite], [fs, ourFs]] = SEAMS as [readonly [string, string], readonly [string, string]];
  const seamed = text.replaceAll(sqlite, () => ourSqlite);
  return SPOKE_SEAMS.has(file) ? seamed.replaceAll(fs, () => ourFs) : seamed;
}
