import type { Program } from "../../src/base/verbs.ts";
import { spokeSettingTable } from "../settings.ts";
import { ackVerb } from "./ack.ts";
import { checkVerb } from "./check.ts";
import type { VerbContext } from "./context.ts";
import { enqueueVerb } from "./enqueue.ts";
import { recallVerb } from "./recall.ts";
import { runVerb } from "./run.ts";
import { statusVerb } from "./status.ts";
import { syncVerb } from "./sync.ts";
import { versionVerb } from "./version.ts";

export const spokeProgram: Program<VerbContext> = {
  name: "fleet-spoke",
  summary: "a rig's end of Fleet Hub: sends what happened here, answers what worked elsewhere",
  verbs: [runVerb, enqueueVerb, ackVerb, recallVerb, syncVerb, statusVerb, checkVerb, versionVerb],
  epilogue: [
    "Settings stand in the section [fleet] of a TOML file; each comes by environment too, which is stronger:",
    ...Object.entries(spokeSettingTable).map(([name, { env, doc }]) => `  ${name} (${env[0] ?? ""})\n      ${doc}`),
    "",
    "Exit codes: 0 good, 1 found a fault, 2 misused.",
  ].join("\n"),
};
