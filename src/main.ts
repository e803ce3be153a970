import packageJson from "../package.json" with { type: "json" };
import { systemClock } from "./base/clock.ts";
import { systemNotify } from "./base/notify.ts";
import { onReload, runProgram, stopSignal } from "./base/process.ts";
import { systemRandom } from "./base/random.ts";
import { program } from "./cli/program.ts";

// Bytecode knows no await at the top of a file. The static plugin keeps a timer that would hold the process: so exit.
void runProgram(program, process.argv.slice(2), {
  environment: process.env,
  cwd: process.cwd(),
  clock: systemClock,
  random: systemRandom,
  print: (line) => process.stdout.write(`${line}\n`),
  writeLog: (line) => process.stderr.write(line),
  stopRequested: stopSignal(),
  onReload,
  version: packageJson.version,
  notify: systemNotify(process.env),
}).then((code) => process.exit(code));
