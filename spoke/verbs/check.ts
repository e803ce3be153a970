import { accessSync, constants, existsSync } from "node:fs";
import { dirname } from "node:path";
import { Fault } from "../../src/base/fault.ts";
import { findingsCode, ok, type Finding } from "../../src/base/findings.ts";
import { show } from "../../src/base/schema.ts";
import type { Flag } from "../../src/base/verbs.ts";
import { hubNet } from "../hub-net.ts";
import { spokeSettingTable, type SpokeSettings } from "../settings.ts";
import { CONFIG_FLAG, JSON_FLAG, settingsOf, type SpokeVerb, type VerbContext } from "./context.ts";
import { settingFindings } from "./doctor.ts";

/** For who is another user than the service: an upgrade, which has no right over the service's folders. */
const SETTINGS_ONLY: Flag = { name: "settings-only", doc: "do not look whether this user could write the folders" };

export const checkVerb: SpokeVerb = {
  name: "check",
  summary: "read the settings, say what is wrong with them, and change nothing",
  flags: [CONFIG_FLAG, SETTINGS_ONLY, JSON_FLAG],
  examples: ["fleet-spoke check --config /etc/fleet-spoke/fleet.toml"],
  async run({ flags }, context) {
    if (flags["json"] !== true) {
      context.print(lines(checked(flags, context)).join("\n"));
      return 0;
    }
    const findings = findingsOf(flags, context);
    context.print(JSON.stringify(findings));
    return findingsCode(findings);
  },
};

type Flags = Parameters<SpokeVerb["run"]>[0]["flags"];

/** Faults: `config`. */
function checked(flags: Flags, context: VerbContext): SpokeSettings {
  const settings = settingsOf(flags, context);
  hubNet(settings);
  if (flags["settings_only"] === true) return settings;
  checkWritable("data_dir", settings.data_dir);
  if (settings.queue_dir !== undefined) checkWritable("queue_dir", settings.queue_dir);
  return settings;
}

function findingsOf(flags: Flags, context: VerbContext): Finding[] {
  try {
    checked(flags, context);
    return [ok("settings", "good")];
  } catch (error) {
    if (error instanceof Fault && error.code === "config") return settingFindings(error);
    throw error;
  }
}

/** A folder that is not there yet must be one that can be made. */
function checkWritable(name: string, path: string): void {
  const found = nearestFolder(path);
  try {
    accessSync(found, constants.W_OK | constants.X_OK);
  } catch {
    throw new Fault("config", `${name} ${path} cannot be written`, `give this user the right to write ${found}`);
  }
}

function nearestFolder(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestFolder(dirname(path));
}

function lines(settings: SpokeSettings): string[] {
  return Object.entries(spokeSettingTable).map(([name, setting]) => {
    const value: unknown = settings[name as keyof SpokeSettings];
    return `${name} = ${setting.secret ? "(given)" : shown(name, value, settings)}`;
  });
}

function shown(name: string, value: unknown, { listen }: SpokeSettings): string {
  if (name === "listen") return `"${listen.hostname}:${listen.port}"`;
  return Array.isArray(value) ? JSON.stringify(value) : value === undefined ? "(not set)" : show(value);
}
