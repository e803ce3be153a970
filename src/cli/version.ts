import type { Verb } from "../base/verbs.ts";
import { WIRE_VERSION } from "../wire/protocol.ts";
import type { Cli } from "./environment.ts";

export const versionVerb: Verb<Cli> = {
  name: "version",
  summary: "print the version",
  run: async (_call, cli) => {
    cli.print(`fleet-hub ${cli.version} (wire ${WIRE_VERSION}, bun ${Bun.version})`);
    return 0;
  },
};
