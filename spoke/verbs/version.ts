import { WIRE_VERSION } from "../../src/wire/protocol.ts";
import { SPOKE_VERSION } from "../version.ts";
import type { SpokeVerb } from "./context.ts";

export const versionVerb: SpokeVerb = {
  name: "version",
  summary: "print the version",
  async run(_call, context) {
    const runtime = `bun ${Bun.version}, ${process.platform}-${process.arch}`;
    context.print(`fleet-spoke ${SPOKE_VERSION} (wire ${WIRE_VERSION}, ${runtime})`);
    return 0;
  },
};
