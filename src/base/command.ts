import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Fault } from "./fault.ts";

export interface CommandResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Programs of the system, passed in. */
export interface Commands {
  /** By its words, never by a shell. Faults: `config` when there is no such program. */
  run(words: readonly string[]): Promise<CommandResult>;
}

export const systemCommands: Commands = {
  async run(words) {
    const [program = ""] = words;
    if (Bun.which(program) === null) throw new Fault("config", `${program} is not installed`, `install its package`);
    const folder = mkdtempSync(join(tmpdir(), "fleet-run-"));
    // Files, not pipes: a program that leaves a daemon behind would hold a pipe open, and its caller for ever.
    const [out, err] = [join(folder, "out"), join(folder, "err")].map((path) => openSync(path, "w+", 0o600));
    try {
      const child = Bun.spawn([...words], { stdin: "ignore", stdout: out ?? "ignore", stderr: err ?? "ignore" });
      const code = await child.exited;
      const [stdout, stderr] = ["out", "err"].map((name) => readFileSync(join(folder, name), "utf8"));
      return { code, stdout: stdout ?? "", stderr: stderr ?? "" };
    } finally {
      for (const file of [out, err]) if (file !== undefined) closeSync(file);
      rmSync(folder, { recursive: true, force: true });
    }
  },
};

/** What it printed. Faults: `config`, with what the program said. */
export async function runOrFault(commands: Commands, words: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await commands.run(words);
  if (code === 0) return stdout;
  const said = stderr.trim().split("\n").at(-1) ?? "";
  throw new Fault("config", `${words.join(" ")} ended with ${code}: ${said}`, "is this run as root?");
}
