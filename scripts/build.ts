import { join } from "node:path";
import { buildExecutable, PRODUCTS, TARGETS, type Product, type Target } from "./build-executable.ts";

const root = join(import.meta.dir, "..");

const target = wantedTarget(process.argv.slice(2));
for (const product of PRODUCTS) {
  if (product === "fleet-spoke" || target === undefined) await build(product);
}

function wantedTarget(args: readonly string[]): Target | undefined {
  const at = args.findIndex((word) => word === "--target" || word.startsWith("--target="));
  if (at === -1) return undefined;
  const name = args[at]?.split("=")[1] ?? args[at + 1] ?? "";
  if (name in TARGETS) return name as Target;
  console.error(`--target ${JSON.stringify(name)} is unknown: use ${Object.keys(TARGETS).join(" or ")}`);
  return process.exit(2);
}

async function build(product: Product): Promise<void> {
  const name = target === undefined ? product : `${product}-${target}`;
  const outfile = join(root, "dist", name);
  const started = performance.now();
  await buildExecutable({ product, outfile, ...(target === undefined ? {} : { target }) });
  const megabytes = Bun.file(outfile).size / 1e6;
  const seconds = (performance.now() - started) / 1000;
  console.log(`dist/${name}  ${megabytes.toFixed(1)} MB  ${seconds.toFixed(1)} s`);
}
