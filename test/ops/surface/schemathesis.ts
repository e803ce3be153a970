import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const VERSION = "4.32.5";
const HOOKS = join(import.meta.dir, "hooks.py");

/** The tool, in an environment of its own below the temporary folder; undefined where it cannot be had. */
export function schemathesis(): string | undefined {
  const folder = join(tmpdir(), `fleet-schemathesis-${VERSION}`);
  const tool = join(folder, "bin", "schemathesis");
  if (existsSync(tool)) return tool;
  const made =
    Bun.spawnSync(["python3", "-m", "venv", folder]).success || Bun.spawnSync(["virtualenv", folder]).success;
  const pip = [join(folder, "bin", "pip"), "install", "--quiet", `schemathesis==${VERSION}`];
  return made && Bun.spawnSync(pip, { stderr: "inherit" }).success && existsSync(tool) ? tool : undefined;
}

export interface Attack {
  readonly url: string;
  readonly seed: number;
  /** Requests for each operation and phase, at most. */
  readonly examples: number;
  readonly key: string | undefined;
  /** What the hooks need: see `hooks.py`. */
  readonly known: { readonly [name: string]: string | readonly string[] };
}

export interface Report {
  readonly operations: { readonly tested: number; readonly errored: number };
  readonly test_cases: { readonly generated: number };
  readonly failures: readonly { readonly title: string; readonly operations: readonly string[] }[];
  readonly errors: readonly unknown[];
  /** By operation and phase, how sound requests were answered. */
  readonly valid_rates: Readonly<Record<string, Readonly<Record<string, { readonly accepted: number }>>>>;
}

/** Every check, every phase, one request at a time: the same seed sends the same. */
export async function attack(
  tool: string,
  folder: string,
  { url, seed, examples, key, known }: Attack,
): Promise<Report & { readonly said: string }> {
  const report = join(folder, "report.json");
  await Bun.write(join(folder, "schemathesis.toml"), settings(key));
  const flags = ["--seed", `${seed}`, "--max-examples", `${examples}`, "--workers", "1"];
  const plain = ["--no-color", "--generation-database", "none", "--report", "json", "--report-json-path", report];
  const child = Bun.spawn([tool, "run", `${url}/openapi`, ...flags, ...plain], {
    cwd: folder,
    env: {
      PATH: process.env["PATH"] ?? "",
      HOME: folder,
      PYTHONDONTWRITEBYTECODE: "1",
      FLEET_SURFACE_KNOWN: JSON.stringify(known),
    },
    stdout: "pipe",
    stderr: "pipe",
  });
  const said = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()]);
  await child.exited;
  return { ...((await Bun.file(report).json()) as Report), said: said.join("") };
}

/** The key goes by a file: what stands on a command line is for everybody to read. */
function settings(key: string | undefined): string {
  const headers = key === undefined ? [] : ["[headers]", `Authorization = ${JSON.stringify(`Bearer ${key}`)}`];
  const refused = ["[checks.negative_data_rejection]", `expected-statuses = ${JSON.stringify(REFUSED)}`];
  return [`hooks = ${JSON.stringify(HOOKS)}`, ...headers, ...refused, ...LENIENT.map(takesMore)].join("\n");
}

/** How a request that breaks its schema may be answered; the tool's own list has no 413, and takes 5xx for an answer. */
const REFUSED = ["400", "401", "403", "404", "405", "409", "413", "415", "422", "429"];

/**
 * Where what breaks the schema need not be refused: a revocation may come without its body, which the tool counts as a
 * broken one; what a rig tells beside its outcome is passed over when it makes no sense.
 */
const LENIENT = ["POST /api/fleet/rigs/{id}/revoke", "PATCH /api/fleet/events/{id}/outcome"];

function takesMore(operation: string): string {
  const statuses = JSON.stringify(["200", ...REFUSED]);
  const check = `checks.negative_data_rejection.expected-statuses = ${statuses}`;
  return `[[operations]]\ninclude-name = ${JSON.stringify(operation)}\n${check}`;
}
