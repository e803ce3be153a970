import { completionVerb } from "../base/completion.ts";
import { unpackVerb } from "../base/release/unpack-verb.ts";
import type { Program } from "../base/verbs.ts";
import { backupKeyVerb, backupVerb } from "./backup.ts";
import { checkVerb } from "./check.ts";
import { curateVerb } from "./curate.ts";
import { doctorVerb } from "./doctor.ts";
import type { Cli } from "./environment.ts";
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
    backupVerb,
    backupKeyVerb,
    restoreVerb,
    checkVerb,
    doctorVerb,
    ...serviceVerbs,
    upgradeVerb,
    unpackVerb,
    completionVerb("fleet-hub", () => program),
    versionVerb,
  ],
  defaultVerb: "serve",
  epilogue: [
    "Settings come from flags, then the environment, then .env in the working directory.",
    "Without --database-url the hub keeps everything in an embedded database under --data-dir.",
  ].join("\n"),
};
