import { mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import type { BunPlugin } from "bun";

const root = join(import.meta.dir, "..");

export const TARGETS = { "linux-x64": "bun-linux-x64", "linux-arm64": "bun-linux-arm64" } as const;
export type Target = keyof typeof TARGETS;
export const PRODUCTS = ["fleet-hub", "fleet-spoke"] as const;
export type Product = (typeof PRODUCTS)[number];

export interface Build {
  readonly product: Product;
  /** Its last part goes into the bytes: the same name gives the same executable. */
  readonly outfile: string;
  /** Without one: for this machine. */
  readonly target?: Target;
  /** In place of the version of package.json. */
  readonly version?: string;
}

/**
 * Bytecode has each module's place written into it: built elsewhere, the bytes would differ, and tell the builder's paths.
 * None of these places is there where the executable runs.
 */
const NOWHERE = {
  __dirname: '"/$bunfs/root"',
  __filename: '"/$bunfs/root/module.js"',
  "import.meta.dir": '"/$bunfs/root"',
  "import.meta.url": '"file:///$bunfs/root/module.js"',
};

/** Writes an executable with all it needs in it; ends the process when it cannot be built. */
export async function buildExecutable({ product, outfile, target, version }: Build): Promise<void> {
  mkdirSync(dirname(outfile), { recursive: true });
  // A failed build leaves the old executable in place, and it would be taken for the new one.
  rmSync(outfile, { force: true });
  const foreign = target !== undefined && target !== `linux-${process.arch}`;
  const result = await Bun.build({
    entrypoints: entrypoints(product).map((file) => join(root, file)),
    root,
    naming: { entry: "[dir]/[name].[ext]", asset: "[dir]/[name].[ext]", chunk: "[name]-[hash].[ext]" },
    minify: { whitespace: true, syntax: true },
    define: NOWHERE,
    plugins: [foreign ? noAddon : staticAddon, ...(version === undefined ? [] : [withVersion(version)])],
    // Parsed at build time: measured at the start, see test/bench/start.ts.
    bytecode: true,
    format: "cjs",
    compile: {
      outfile,
      ...(target === undefined ? {} : { target: TARGETS[target] }),
      // An executable must not take settings from whatever folder it is started in.
      autoloadDotenv: false,
      autoloadBunfig: false,
    },
  });
  if (result.success) return;
  for (const log of result.logs) console.error(log);
  process.exit(1);
}

/** ley reads migrations as a folder, so each is a module of its own in the executable. */
function entrypoints(product: Product): string[] {
  if (product === "fleet-spoke") return ["spoke/main.ts"];
  const migrations = readdirSync(join(root, "migrations"))
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `migrations/${name}`);
  return ["src/main.ts", ...migrations];
}

/** zstd-napi picks its addon at run time; in an executable the file must be named. */
const staticAddon: BunPlugin = {
  name: "zstd-napi",
  setup(bundler) {
    bundler.onLoad({ filter: /zstd-napi\/binding\.js$/ }, () => ({
      contents: 'module.exports = require("./build/Release/binding.node");',
      loader: "js",
    }));
  },
};

/** The addon that is installed runs on this machine only: elsewhere the hub falls back to the runtime's zstd. */
const noAddon: BunPlugin = {
  name: "no-zstd-napi",
  setup(bundler) {
    bundler.onLoad({ filter: /zstd-napi\/binding\.js$/ }, () => ({
      contents: 'throw new Error("this executable was built on a machine of another kind, without the addon");',
      loader: "js",
    }));
  },
};

function withVersion(version: string): BunPlugin {
  return {
    name: "version",
    setup(bundler) {
      bundler.onLoad({ filter: /\/package\.json$/ }, ({ path }) => {
        const content = readFileSync(path, "utf8");
        if (path !== join(root, "package.json")) return { contents: content, loader: "json" };
        const stated: unknown = JSON.parse(content);
        return { contents: JSON.stringify(Object.assign({}, stated, { version })), loader: "json" };
      });
    },
  };
}
