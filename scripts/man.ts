// Writes the manual pages and the shells' completions to dist/, out of the tables that the programs run by.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import packageJson from "../package.json" with { type: "json" };
import { completionScript } from "../src/base/completion.ts";
import { manPage } from "../src/base/man-page.ts";
import type { Program } from "../src/base/verbs.ts";
import { program as hub } from "../src/cli/program.ts";
import { spokeProgram as spoke } from "../spoke/verbs/program.ts";

const root = join(import.meta.dir, "..");

/** Of the release, so that two builds of it are the same bytes. */
function releaseDate(): string {
  const stated = process.env["SOURCE_DATE_EPOCH"];
  const commit = Bun.spawnSync(["git", "log", "-1", "--format=%ct"], { cwd: root });
  const seconds = Number(stated ?? (commit.success ? commit.stdout.toString() : "0"));
  return new Date(seconds * 1000).toISOString().slice(0, 10);
}

function write<Context>(program: Program<Context>, other: string): void {
  const page = manPage(program, { version: packageJson.version, date: releaseDate(), seeAlso: [`${other}(1)`] });
  writeFileSync(join(root, "dist", "man", `${program.name}.1`), page);
  writeFileSync(join(root, "dist", "completions", `${program.name}.bash`), completionScript(program, "bash"));
  writeFileSync(join(root, "dist", "completions", `_${program.name}`), completionScript(program, "zsh"));
}

for (const folder of ["man", "completions"]) mkdirSync(join(root, "dist", folder), { recursive: true });
write(hub, spoke.name);
write(spoke, hub.name);
