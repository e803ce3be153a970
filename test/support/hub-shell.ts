import { systemClock } from "../../src/base/clock.ts";
import { silentNotify } from "../../src/base/notify.ts";
import { systemRandom } from "../../src/base/random.ts";
import { parseCommand } from "../../src/base/verbs.ts";
import type { Cli } from "../../src/cli/environment.ts";
import { program } from "../../src/cli/program.ts";
import type { TestDatabase } from "./postgres.ts";
import { temporaryDirectory } from "./temporary.ts";

/** The executable's verbs as a shell would call them, over a database that is there. */
export function shellFor({ url, dataDir }: Pick<TestDatabase, "url" | "dataDir">) {
  const printed: string[] = [];
  const cli: Cli = {
    environment: { FLEET_DATABASE_URL: url, FLEET_DATA_DIR: dataDir },
    cwd: temporaryDirectory(),
    clock: systemClock,
    random: systemRandom,
    print: (line) => printed.push(line),
    writeLog: () => {},
    stopRequested: new Promise(() => {}),
    onReload: () => {},
    version: "0.0.0-test",
    notify: silentNotify,
  };
  const run = async (...argv: string[]): Promise<number> => {
    const parsed = parseCommand(program, argv);
    if ("help" in parsed) throw new Error("the test asked for help");
    return parsed.verb.run(parsed.call, cli);
  };
  return { run, printed, cwd: cli.cwd };
}
