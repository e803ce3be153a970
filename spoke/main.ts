import { readFileSync } from "node:fs";
import { systemClock } from "../src/base/clock.ts";
import { Fault } from "../src/base/fault.ts";
import { jsonLog } from "../src/base/log.ts";
import { systemNet } from "../src/base/net.ts";
import { systemRandom } from "../src/base/random.ts";
import { parseCommand } from "../src/base/verbs.ts";
import { serve } from "./serve.ts";
import type { VerbContext } from "./verbs/context.ts";
import { spokeProgram } from "./verbs/program.ts";

const EXIT_FAULT = 1;
const EXIT_USAGE = 2;

/** The real world, handed to the verb that was asked for. */
function verbContext(stopping: AbortSignal): VerbContext {
  return {
    environment: process.env,
    readText: (path) => readFileSync(path, "utf8"),
    readFile: (path) => (path === "-" ? Bun.stdin.bytes() : Bun.file(path).bytes()),
    print: (text) => console.log(text),
    serve,
    stopping,
    contextOf: (settings, logging) => ({
      clock: systemClock,
      random: systemRandom,
      net: systemNet,
      settings,
      log: jsonLog({
        service: "fleet-spoke",
        level: logging === "all" ? settings.log_level : "warn",
        clock: systemClock,
        write: (line) => void (logging === "all" ? process.stdout : process.stderr).write(line),
      }),
    }),
  };
}

async function run(argv: readonly string[]): Promise<number> {
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stop.abort());
  const parsed = parseCommand(spokeProgram, argv);
  if ("help" in parsed) {
    console.log(parsed.help);
    return 0;
  }
  return parsed.verb.run(parsed.call, verbContext(stop.signal));
}

function exitCodeOf(error: unknown): number {
  console.error(error instanceof Fault ? error.sentence : error);
  return error instanceof Fault && error.code === "usage" ? EXIT_USAGE : EXIT_FAULT;
}

// Bytecode knows no await at the top of a file.
void run(process.argv.slice(2))
  .catch(exitCodeOf)
  .then((code) => process.exit(code));
