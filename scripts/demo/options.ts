import { parseArgs } from "node:util";
import { Fault } from "../../src/base/fault.ts";
import type { Made } from "./process.ts";

export interface DemoOptions {
  /** Check every step and stop. */
  readonly once: boolean;
  readonly made: Made;
  readonly seedLarge: boolean;
  readonly scale: string | undefined;
  readonly databaseUrl: string | undefined;
  readonly dataDir: string | undefined;
}

const FLAGS = {
  once: { type: "boolean" },
  built: { type: "boolean" },
  "seed-large": { type: "boolean" },
  scale: { type: "string" },
  "database-url": { type: "string" },
  "data-dir": { type: "string" },
} as const;

const HINT =
  "use --once (check every step and stop), --built (the executables of dist/), or " +
  "--seed-large with --database-url URL or --data-dir DIR, and --scale 0.1 for a tenth";

/** Faults: `usage`. */
export function readOptions(
  argv: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): DemoOptions {
  const flags = parse(argv);
  const seedLarge = flags["seed-large"] === true;
  const alone = Object.keys(flags).find((name) => isSeedFlag(name) !== seedLarge);
  if (alone !== undefined) throw new Fault("usage", `--${alone} does not go with the others`, HINT);
  const dataDir = flags["data-dir"];
  return {
    once: flags.once === true,
    made: flags.built === true ? "built" : "sources",
    seedLarge,
    scale: flags.scale,
    databaseUrl: flags["database-url"] ?? (dataDir === undefined ? environment["FLEET_DATABASE_URL"] : undefined),
    dataDir,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: FLAGS, strict: true }).values;
  } catch (error) {
    throw new Fault("usage", error instanceof Error ? error.message : String(error), HINT);
  }
}

function isSeedFlag(name: string): boolean {
  return name !== "once" && name !== "built";
}
