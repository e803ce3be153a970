import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import packageJson from "../../package.json" with { type: "json" };
import { VERSION_PATTERN } from "../../src/base/release/note.ts";

export const ARCHES = ["x64", "arm64"] as const;
export type Arch = (typeof ARCHES)[number];
export const PRODUCTS = ["fleet-hub", "fleet-spoke"] as const;

export interface PackageOptions {
  readonly version: string;
  readonly products: readonly (typeof PRODUCTS)[number][];
  readonly arches: readonly Arch[];
  readonly out: string;
  /** A minisign secret key, `-` for standard input; without one nothing is signed. */
  readonly key: string | undefined;
  /** Of the key; from a file or the environment, because every user can read a command line. */
  readonly password: string | undefined;
  /** Folders of releases before, to which patches are made. */
  readonly previous: readonly string[];
  /** A public key to carry when nothing is signed: for making another's packages again. */
  readonly publicKey: string | undefined;
  /** Least effort of the compressors: for trying things out. */
  readonly fast: boolean;
  /** Whether what was made is made again, checked and tried. */
  readonly proof: boolean;
}

/** Ends the process with 2 and a sentence when the words make no sense. */
export function packageOptions(words: readonly string[], root: string): PackageOptions {
  try {
    const { values } = parseArgs({
      args: [...words],
      options: {
        version: { type: "string", default: packageJson.version },
        product: { type: "string", multiple: true, default: [...PRODUCTS] },
        arch: { type: "string", multiple: true, default: [...ARCHES] },
        out: { type: "string" },
        key: { type: "string" },
        "password-file": { type: "string" },
        previous: { type: "string", multiple: true, default: [] },
        "public-key": { type: "string" },
        fast: { type: "boolean", default: false },
        "no-proof": { type: "boolean", default: false },
      },
    });
    if (!VERSION_PATTERN.test(values.version)) throw new Error(`--version ${values.version} is none: write 1.2.3`);
    return {
      version: values.version,
      products: values.product.map((name) => oneOf("product", PRODUCTS, name)),
      arches: values.arch.map((name) => oneOf("arch", ARCHES, name)),
      out: values.out ?? `${root}/dist/release/${values.version}`,
      key: values.key,
      password: passwordOf(values["password-file"]),
      previous: values.previous,
      publicKey: values["public-key"],
      fast: values.fast,
      proof: !values["no-proof"],
    };
  } catch (error) {
    console.error((error as Error).message);
    return process.exit(2);
  }
}

function passwordOf(file: string | undefined): string | undefined {
  const given = file === undefined ? process.env["FLEET_RELEASE_PASSWORD"] : readFileSync(file, "utf8");
  return given?.replace(/\r?\n$/, "");
}

function oneOf<T extends string>(what: string, known: readonly T[], name: string): T {
  const found = known.find((each) => each === name);
  if (found === undefined) throw new Error(`--${what} ${name} is unknown: use ${known.join(" or ")}`);
  return found;
}
