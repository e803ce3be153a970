import { readFileSync } from "node:fs";
import { systemClock } from "../src/base/clock.ts";
import { jsonLog } from "../src/base/log.ts";
import { systemNotify } from "../src/base/notify.ts";
import { systemNet } from "../src/base/net.ts";
import { runProgram, stopSignal } from "../src/base/process.ts";
import { systemRandom } from "../src/base/random.ts";
import { hubNet } from "./hub-net.ts";
import { beginReplacement } from "./replace-file.ts";
import { serve } from "./serve.ts";
import type { VerbContext } from "./verbs/context.ts";
import { spokeProgram } from "./verbs/program.ts";

/** The real world, handed to the verb that was asked for. */
function verbContext(stopping: AbortSignal): VerbContext {
  return {
    environment: process.env,
    readText: (path) => readFileSync(path, "utf8"),
    readFile: (path) => (path === "-" ? Bun.stdin.bytes() : Bun.file(path).bytes()),
    print: (text) => console.log(text),
    serve,
    net: systemNet,
    beginReplacement,
    stopping,
    notify: systemNotify(process.env),
    contextOf: (settings, logging) => ({
      clock: systemClock,
      random: systemRandom,
      net: hubNet(settings),
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

const stop = new AbortController();
void stopSignal().then(() => stop.abort());

// Bytecode knows no await at the top of a file.
void runProgram(spokeProgram, process.argv.slice(2), verbContext(stop.signal)).then((code) => process.exit(code));
