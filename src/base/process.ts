import { Fault } from "./fault.ts";
import { parseCommand, type Program } from "./verbs.ts";

const FOUND_A_FAULT = 1;
const MISUSED = 2;

/** Unix s at which this process started. */
export function processStartS(): number {
  return performance.timeOrigin / 1000;
}

/** Resolves with the signal's name when the process is asked to stop; a second signal ends it at once. */
export function stopSignal(): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<string>();
  const onSignal = (signal: string): void => {
    resolve(signal);
    process.once(signal, () => process.exit(FOUND_A_FAULT));
  };
  process.once("SIGTERM", onSignal);
  process.once("SIGINT", onSignal);
  return promise;
}

/** Calls the listener each time that the process is asked to read its files again; without one that would end it. */
export function onReload(listener: () => void): void {
  process.on("SIGHUP", listener);
}

/**
 * Runs the verb of the words; returns the exit code. A refusal is one sentence to people, anything else a crash with
 * its trace; neither is a rejection, so a caller need only exit.
 */
export async function runProgram<Context>(
  program: Program<Context>,
  argv: readonly string[],
  context: Context,
): Promise<number> {
  try {
    const parsed = parseCommand(program, argv);
    if ("help" in parsed) {
      process.stdout.write(parsed.help);
      return 0;
    }
    return await parsed.verb.run(parsed.call, context);
  } catch (error) {
    process.stderr.write(`${error instanceof Fault ? error.sentence : Bun.inspect(error)}\n`);
    return error instanceof Fault && error.code === "usage" ? MISUSED : FOUND_A_FAULT;
  }
}
