import { completionVerb } from "../base/completion.ts";
import { unitsVerb } from "../base/release/units-verb.ts";
import { unpackVerb } from "../base/release/unpack-verb.ts";
import { HUB_UNITS } from "./service/files.ts";
import type { Program, Verb } from "../base/verbs.ts";
import { backupKeyVerb, backupVerb } from "./backup.ts";
import { checkVerb } from "./check.ts";
import { curateVerb } from "./curate.ts";
import { doctorVerb } from "./doctor.ts";
import type { Cli } from "./environment.ts";
import { epochVerbs } from "./epoch.ts";
import { ofInstalled } from "./installed.ts";
import { migrateVerb } from "./migrate.ts";
import { restoreVerb } from "./restore.ts";
import { rigEnrollVerbs } from "./rig-enroll.ts";
import { rigVerbs } from "./rig.ts";
import { serveVerb } from "./serve.ts";
import { serviceVerbs } from "./service.ts";
import { upgradeVerb } from "./upgrade.ts";
import { wgVerbs } from "./tunnel/wg.ts";
import { versionVerb } from "./version.ts";

export const program: Program<Cli> = {
  name: "fleet-hub",
  summary: "collects what drilling rigs met and what helped, and gives it to every other rig",
  verbs: [
    serveVerb,
    migrateVerb,
    ...rigVerbs,
    ...rigEnrollVerbs,
    ...wgVerbs,
    curateVerb,
    ...epochVerbs,
    backupVerb,
    backupKeyVerb,
    restoreVerb,
    checkVerb,
    doctorVerb,
    ...serviceVerbs,
    upgradeVerb,
    unpackVerb,
    unitsVerb("fleet-hub", HUB_UNITS),
    completionVerb("fleet-hub", () => program),
    versionVerb,
  ].map((verb) => (isOfOneHub(verb) ? ofInstalled(verb) : verb)),
  defaultVerb: "serve",
  epilogue: [
    "Settings come from flags, then the environment, then .env in the working directory. Root who names neither data folder",
    "nor database means the hub that is installed here, with its settings and secrets.",
    "Without --database-url the hub keeps everything in an embedded database under --data-dir.",
  ].join("\n"),
};

/** Those that work on a hub's data; serve is told which by whoever starts it. */
function isOfOneHub({ name, flags = [] }: Verb<Cli>): boolean {
  return name !== serveVerb.name && flags.some((flag) => flag.name === "data-dir");
}
