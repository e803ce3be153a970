import { Fault } from "../fault.ts";

export interface CommandOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly deadlineMs: number;
}

const SAID_MAX = 2000;

/** Runs a program to its end, or kills it at the deadline. Faults: `not_found`, `timeout`. */
export async function runCommand(words: readonly string[], { environment, deadlineMs }: CommandOptions) {
  const child = start(words, environment, deadlineMs);
  const [out, err, code] = await Promise.all([
    new Response(child.stdout).text(),
    new Response(child.stderr).text(),
    child.exited,
  ]);
  if (child.signalCode === "SIGKILL") {
    throw new Fault("timeout", `${words.slice(0, 3).join(" ")} did not end within ${deadlineMs / 1000} s`);
  }
  return { code, said: `${err}${out}`.trim().slice(-SAID_MAX) };
}

function start(words: readonly string[], env: CommandOptions["environment"], timeout: number) {
  try {
    return Bun.spawn([...words], {
      env: { ...env },
      stdin: "ignore",
      stdout: "pipe",
      stderr: "pipe",
      timeout,
      killSignal: "SIGKILL",
    });
  } catch (error) {
    const code = String((error as NodeJS.ErrnoException).code);
    throw new Fault("not_found", `${words[0]} cannot be run (${code})`, "is it there, and may it be run?");
  }
}

/** The same, where any end but 0 is a fault: `config`, with what the program said. */
export async function requireCommand(words: readonly string[], options: CommandOptions): Promise<string> {
  const { code, said } = await runCommand(words, options);
  if (code === 0) return said;
  throw new Fault("config", `${words.slice(0, 3).join(" ")} ended with ${code}: ${said}`);
}

/** How this very program is started again: the executable alone, or the runtime with the source. */
export function ownCommand(): string[] {
  return Bun.main.startsWith("/$bunfs/") ? [process.execPath] : [process.execPath, Bun.main];
}
