import { existsSync } from "node:fs";
import { join } from "node:path";
import { buildExecutable, PRODUCTS, type Product } from "../../../scripts/build-executable.ts";
import { temporaryDirectory } from "../../support/temporary.ts";

export type Executables = Readonly<Record<Product, string>>;

let built: Promise<Executables> | undefined;

/**
 * What is installed on rigs and hubs, built once a process from the working tree; a folder named by
 * FLEET_FAULTS_EXECUTABLES is taken as it is.
 */
export function executables(): Promise<Executables> {
  built ??= given(process.env["FLEET_FAULTS_EXECUTABLES"]) ?? build();
  return built;
}

function given(folder: string | undefined): Promise<Executables> | undefined {
  if (folder === undefined) return undefined;
  const missing = PRODUCTS.filter((product) => !existsSync(join(folder, product)));
  if (missing.length > 0) return Promise.reject(new Error(`${folder} has no ${missing.join(" and no ")}`));
  return Promise.resolve(inFolder(folder));
}

async function build(): Promise<Executables> {
  const found = inFolder(temporaryDirectory());
  for (const product of PRODUCTS) await buildExecutable({ product, outfile: found[product] });
  return found;
}

function inFolder(folder: string): Executables {
  return { "fleet-hub": join(folder, "fleet-hub"), "fleet-spoke": join(folder, "fleet-spoke") };
}
