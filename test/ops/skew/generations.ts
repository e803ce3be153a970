import { cpSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import packageJson from "../../../package.json" with { type: "json" };
import { buildExecutable, PRODUCTS, type Product } from "../../../scripts/build-executable.ts";
import { temporaryDirectory } from "../../support/temporary.ts";

/** One generation of both programs. */
export interface Generation {
  readonly name: "N-1" | "N";
  readonly version: string;
  readonly executables: Readonly<Record<Product, string>>;
}

const ROOT = join(import.meta.dir, "..", "..", "..");
export const MIGRATION = "9001-skew";
/** Told by hub and spoke of N wherever a later release could tell something more. */
export const NEWS = "skew_note";

interface Edit {
  readonly file: string;
  readonly find: string;
  readonly put: string;
}

/**
 * What a next release may do: a column and a table more, fields more in replies, episodes and outcomes, a header more.
 * Each place must be found, or the test says that it has to be brought up to date.
 */
const EDITS: readonly Edit[] = [
  {
    file: "src/http/routes/events.ts",
    find: 'status: "recorded", outcome: reply.outcome }',
    put: `status: "recorded", outcome: reply.outcome, ${NEWS}: "next" }`,
  },
  {
    file: "src/http/routes/events.ts",
    find: "  return result;\n}",
    put: `  return { ...result, ${NEWS}: "next" };\n}`,
  },
  {
    file: "src/domain/library/reply.ts",
    find: "JSON.stringify({ total_fleet_episodes: total,",
    put: `JSON.stringify({ ${NEWS}: "next", total_fleet_episodes: total,`,
  },
  {
    file: "src/domain/curation/episode.ts",
    find: "    category_inferred: content.category_inferred,\n    score,\n  };\n  return JSON.stringify(episode);",
    put: `    category_inferred: content.category_inferred,\n    score,\n  };\n  return JSON.stringify({ ${NEWS}: { told: ["next"] }, ...episode });`,
  },
  {
    file: "spoke/client.ts",
    find: "JSON.stringify({ outcome, action_taken, notes, ...given })",
    put: `JSON.stringify({ outcome, action_taken, notes, ...given, ${NEWS}: "next" })`,
  },
  {
    file: "spoke/client.ts",
    find: "[HEADERS.spokeVersion]: SPOKE_VERSION,",
    put: '[HEADERS.spokeVersion]: SPOKE_VERSION,\n    "X-Spoke-Skew": "next",',
  },
];

/** Expands: what the release before does not know has a default, and it may run on it. */
const SQL = `
alter table rigs add column ${NEWS} text not null default 'none';
alter table events add column ${NEWS} text;
create table skew_notes (rig_id text primary key references rigs (rig_id), told_at timestamptz not null default now());
`;

/** N−1 is this tree; N is a copy of it with one migration, some optional fields and a version more. */
export async function makeGenerations(): Promise<readonly [Generation, Generation]> {
  const { version } = packageJson;
  const former = inFolder("N-1", version);
  for (const product of PRODUCTS) await buildExecutable({ product, outfile: former.executables[product], version });
  const later = inFolder("N", nextVersion(version));
  const tree = temporaryDirectory();
  copyTree(tree);
  for (const edit of EDITS) applyEdit(tree, edit);
  writeMigration(tree, version);
  for (const product of PRODUCTS) buildIn(tree, product, later);
  return [former, later];
}

function inFolder(name: Generation["name"], version: string): Generation {
  const folder = temporaryDirectory();
  const at = (product: Product): string => join(folder, product);
  return { name, version, executables: { "fleet-hub": at("fleet-hub"), "fleet-spoke": at("fleet-spoke") } };
}

function nextVersion(version: string): string {
  const [major = "0", minor = "0"] = version.split(".");
  return `${major}.${Number(minor) + 1}.0`;
}

/** What git knows of, as it stands now, and what is installed. */
function copyTree(tree: string): void {
  const listed = Bun.spawnSync(["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"], { cwd: ROOT });
  if (listed.exitCode !== 0) throw new Error(`the tree cannot be listed: ${listed.stderr.toString()}`);
  for (const file of listed.stdout.toString().split("\0")) {
    if (!/^(?:src|spoke|views|migrations|scripts|deploy)\/|^(?:package|tsconfig)[^/]*\.json$|^bunfig/.test(file))
      continue;
    mkdirSync(dirname(join(tree, file)), { recursive: true });
    cpSync(join(ROOT, file), join(tree, file));
  }
  const modules = [join(ROOT, "node_modules"), join(tree, "node_modules")] as const;
  if (Bun.spawnSync(["cp", "-al", ...modules]).exitCode !== 0) cpSync(...modules, { recursive: true });
}

function applyEdit(tree: string, { file, find, put }: Edit): void {
  const path = join(tree, file);
  const text = readFileSync(path, "utf8");
  if (text.split(find).length !== 2) throw new Error(`${file} holds no longer once: ${find}; mend test/ops/skew`);
  writeFileSync(path, text.replace(find, put));
}

function writeMigration(tree: string, oldestHub: string): void {
  const folder = join(tree, "migrations");
  writeFileSync(join(folder, `${MIGRATION}.sql`), SQL);
  const like = readFileSync(join(folder, "0003-tunnel.ts"), "utf8");
  const text = like.replace("0003-tunnel", MIGRATION).replace(/oldestHub = "[^"]+"/, `oldestHub = "${oldestHub}"`);
  writeFileSync(join(folder, `${MIGRATION}.ts`), text);
}

/** In a process of its own: a build takes everything from where its script stands. */
function buildIn(tree: string, product: Product, { version, executables }: Generation): void {
  const words = JSON.stringify({ product, version, outfile: executables[product] });
  const script = `import { buildExecutable } from "./scripts/build-executable.ts"; await buildExecutable(${words});`;
  const done = Bun.spawnSync([process.execPath, "-e", script], { cwd: tree });
  if (done.exitCode !== 0) throw new Error(`${product} ${version} was not built: ${done.stderr.toString()}`);
}
