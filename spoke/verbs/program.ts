import { completionVerb } from "../../src/base/completion.ts";
import type { Setting } from "../../src/base/settings.ts";
import { unitsVerb } from "../../src/base/release/units-verb.ts";
import { unpackVerb } from "../../src/base/release/unpack-verb.ts";
import type { Program } from "../../src/base/verbs.ts";
import { LISTEN_DEFAULT } from "../setting-forms.ts";
import { spokeSettingTable } from "../settings.ts";
import { ackVerb } from "./ack.ts";
import { checkVerb } from "./check.ts";
import type { VerbContext } from "./context.ts";
import { doctorVerb } from "./doctor.ts";
import { enqueueVerb } from "./enqueue.ts";
import { enrollVerb } from "./enroll.ts";
import { recallVerb } from "./recall.ts";
import { runVerb } from "./run.ts";
import { statusVerb } from "./status.ts";
import { syncVerb } from "./sync.ts";
import { SPOKE_UNITS } from "./units.ts";
import { upgradeVerb } from "./upgrade.ts";
import { versionVerb } from "./version.ts";

export const spokeProgram: Program<VerbContext> = {
  name: "fleet-spoke",
  summary: "a rig's end of Fleet Hub: sends what happened here, answers what worked elsewhere",
  verbs: [
    runVerb,
    enrollVerb,
    enqueueVerb,
    ackVerb,
    recallVerb,
    syncVerb,
    statusVerb,
    checkVerb,
    doctorVerb,
    upgradeVerb,
    unpackVerb,
    unitsVerb("fleet-spoke", SPOKE_UNITS),
    completionVerb("fleet-spoke", () => spokeProgram),
    versionVerb,
  ],
  epilogue: [
    "Settings stand in the section [fleet] of a TOML file; each comes by environment too, which is stronger:",
    ...Object.entries(spokeSettingTable).map(([name, setting]) => settingHelp(name, setting)),
    "",
    "Exit codes: 0 good, 1 found a fault, 2 misused.",
  ].join("\n"),
};

function settingHelp(name: string, { env, doc, fallback }: Setting<unknown>): string {
  const usual = fallback === undefined || fallback === "" ? "" : ` [${defaultText(fallback)}]`;
  return `  ${name} (${env[0] ?? ""})\n      ${doc}${usual}`;
}

function defaultText(fallback: unknown): string {
  if (Array.isArray(fallback)) return fallback.join(", ");
  return fallback === LISTEN_DEFAULT ? `${LISTEN_DEFAULT.hostname}:${LISTEN_DEFAULT.port}` : String(fallback);
}
