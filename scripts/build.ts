import { mkdirSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { BunPlugin } from "bun";

const root = join(import.meta.dir, "..");
const TARGETS = { "linux-x64": "bun-linux-x64", "linux-arm64": "bun-linux-arm64" } as const;
type Target = keyof typeof TARGETS;

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

const target = wantedTarget(process.argv.slice(2));
mkdirSync(join(root, "dist"), { recursive: true });
if (target === undefined) await build("fleet-hub", ["src/main.ts", ...migrationFiles()], undefined);
await build("fleet-spoke", ["spoke/main.ts"], target);

function wantedTarget(args: readonly string[]): Target | undefined {
  const at = args.findIndex((word) => word === "--target" || word.startsWith("--target="));
  if (at === -1) return undefined;
  const name = args[at]?.split("=")[1] ?? args[at + 1] ?? "";
  if (name in TARGETS) return name as Target;
  console.error(`--target ${JSON.stringify(name)} is unknown: use ${Object.keys(TARGETS).join(" or ")}`);
  return process.exit(2);
}

/** ley reads them as a folder, so each is a module of its own in the executable. */
function migrationFiles(): string[] {
  return readdirSync(join(root, "migrations"))
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `migrations/${name}`);
}

async function build(name: string, entrypoints: readonly string[], crossTarget: Target | undefined): Promise<void> {
  const outfile = join(root, "dist", crossTarget === undefined ? name : `${name}-${crossTarget}`);
  // A failed build leaves the old executable in place, and it would be taken for the new one.
  rmSync(outfile, { force: true });
  const started = performance.now();
  const result = await Bun.build({
    entrypoints: entrypoints.map((file) => join(root, file)),
    root,
    naming: { entry: "[dir]/[name].[ext]", asset: "[dir]/[name].[ext]", chunk: "[name]-[hash].[ext]" },
    minify: { whitespace: true, syntax: true },
    plugins: [staticAddon],
    // Parsed at build time: measured at the start, see test/bench/start.ts.
    bytecode: true,
    format: "cjs",
    compile: {
      outfile,
      ...(crossTarget === undefined ? {} : { target: TARGETS[crossTarget] }),
      // An executable must not take settings from whatever folder it is started in.
      autoloadDotenv: false,
      autoloadBunfig: false,
    },
  });
  if (!result.success) {
    for (const log of result.logs) console.error(log);
    process.exit(1);
  }
  const megabytes = Bun.file(outfile).size / 1e6;
  console.log(
    `${outfile.slice(root.length + 1)}  ${megabytes.toFixed(1)} MB  ${((performance.now() - started) / 1000).toFixed(1)} s`,
  );
}
