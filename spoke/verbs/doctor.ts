import { writeFileSync } from "node:fs";
import { compilerRuns } from "../../src/base/compiler.ts";
import { diskSpace } from "../../src/base/disk.ts";
import { Fault } from "../../src/base/fault.ts";
import {
  fail,
  findingLine,
  findingsCode,
  judgeCompiler,
  judgeDisk,
  ok,
  struckOut,
  type Finding,
} from "../../src/base/findings.ts";
import { judgeUnits, type UnitPlaces } from "../../src/base/unit-drift.ts";
import rollbackUnit from "../../deploy/systemd/fleet-spoke-rollback.service" with { type: "text" };
import unit from "../../deploy/systemd/fleet-spoke.service" with { type: "text" };
import { judgeDataDir, judgeHub, judgeMode, judgeQueueFolder, judgeStatus } from "../doctor.ts";
import { spokeSettingTable, type SpokeSettings } from "../settings.ts";
import type { SpokeStatus } from "../status.ts";
import { SPOKE_VERSION } from "../version.ts";
import {
  CONFIG_FLAG,
  DEFAULT_CONFIG,
  JSON_FLAG,
  settingsOf,
  textFlag,
  type SpokeVerb,
  type VerbContext,
} from "./context.ts";
import { acceptedJson, callLocalSpoke } from "./local-spoke.ts";

const UNITS: UnitPlaces = {
  folders: ["/etc/systemd/system", "/usr/lib/systemd/system"],
  shipped: { "fleet-spoke.service": unit, "fleet-spoke-rollback.service": rollbackUnit },
  installer: "install-spoke.sh",
};

export const doctorVerb: SpokeVerb = {
  name: "doctor",
  summary: "look at everything this rig's end stands on and say what to do; changes nothing",
  details: "Each line is ok, warn or FAIL, the thing, the fact, and what to do. Exits 1 when something has failed.",
  flags: [
    CONFIG_FLAG,
    JSON_FLAG,
    { name: "bundle", value: "FILE", doc: "also write it, with versions and settings but no secret, for who helps" },
  ],
  examples: ["sudo fleet-spoke doctor", "sudo fleet-spoke doctor --bundle /tmp/fleet-spoke.json"],
  async run({ flags }, verb) {
    const { findings, settings } = await look(flags, verb);
    verb.print(flags["json"] === true ? JSON.stringify(findings) : findings.map(findingLine).join("\n"));
    const bundle = textFlag(flags, "bundle");
    if (bundle !== undefined) writeBundle(bundle, verb, findings, settings);
    return findingsCode(findings);
  },
};

interface Look {
  readonly findings: readonly Finding[];
  readonly settings: SpokeSettings | undefined;
}

async function look(flags: Parameters<SpokeVerb["run"]>[0]["flags"], verb: VerbContext): Promise<Look> {
  let settings: SpokeSettings;
  try {
    settings = settingsOf(flags, verb);
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== "config") throw error;
    return { findings: settingFindings(error), settings: undefined };
  }
  const context = verb.contextOf(settings, "problems");
  const config = textFlag(flags, "config") ?? verb.environment["FLEET_CONFIG"] ?? DEFAULT_CONFIG;
  const reply = await callLocalSpoke(context, { method: "GET", path: "/api/v1/status" });
  const status = reply === undefined ? undefined : (acceptedJson(reply) as SpokeStatus);
  const findings = [
    ok("settings", "good"),
    judgeCompiler(compilerRuns()),
    ...judgeMode(config),
    ...judgeMode(settings.api_key_file),
    judgeDataDir(settings.data_dir),
    ...judgeUnits(UNITS),
    ...judgeQueueFolder(settings.queue_dir, UNITS.folders),
    judgeDisk(settings.data_dir, await diskSpace(settings.data_dir)),
    ...judgeStatus(status, context.clock.now()),
    ...(await judgeHub(context)),
  ];
  return { findings, settings };
}

/** One for each wrong setting: they are told at once, a line each. */
export function settingFindings({ message, hint }: Fault): Finding[] {
  const remedy = hint ?? `mend it in ${DEFAULT_CONFIG}; fleet-spoke help tells the forms`;
  return message.split("\n").map((line) => fail("settings", line, remedy));
}

function writeBundle(
  path: string,
  verb: VerbContext,
  findings: readonly Finding[],
  settings: SpokeSettings | undefined,
): void {
  const shown = Object.entries(settings ?? {}).map(([key, value]) => {
    const { secret } = spokeSettingTable[key as keyof SpokeSettings];
    return [key, secret && value !== "" ? "(given)" : value] as const;
  });
  const bundle = {
    version: SPOKE_VERSION,
    runtime: Bun.version,
    platform: `${process.platform}-${process.arch}`,
    settings: Object.fromEntries(shown),
    findings,
  };
  writeFileSync(path, `${struckOut(JSON.stringify(bundle, null, 2), [settings?.api_key])}\n`, { mode: 0o600 });
  verb.print(`wrote ${path}`);
}
