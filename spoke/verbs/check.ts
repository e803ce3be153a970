import { accessSync, constants, existsSync } from "node:fs";
import { dirname } from "node:path";
import { Fault } from "../../src/base/fault.ts";
import { show } from "../../src/base/schema.ts";
import { hubNet } from "../hub-net.ts";
import { spokeSettingTable, type SpokeSettings } from "../settings.ts";
import { CONFIG_FLAG, settingsOf, type SpokeVerb } from "./context.ts";

export const checkVerb: SpokeVerb = {
  name: "check",
  summary: "read the settings, say what is wrong with them, and change nothing",
  flags: [CONFIG_FLAG],
  examples: ["fleet-spoke check --config /etc/fleet-spoke/fleet.toml"],
  async run({ flags }, context) {
    const settings = settingsOf(flags, context);
    hubNet(settings);
    checkWritable("data_dir", settings.data_dir);
    if (settings.queue_dir !== undefined) checkWritable("queue_dir", settings.queue_dir);
    context.print(lines(settings).join("\n"));
    return 0;
  },
};

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
