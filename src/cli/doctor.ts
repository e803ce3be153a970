import { writeFileSync } from "node:fs";
import { systemCommands } from "../base/command.ts";
import { Fault } from "../base/fault.ts";
import { fail, findingLine, findingsCode, ok, struckOut, type Finding } from "../base/findings.ts";
import { systemNet } from "../base/net.ts";
import type { Call, Verb } from "../base/verbs.ts";
import { TUNNEL_INTERFACE } from "../base/wireguard.ts";
import { hubSettingTable, type HubSettings } from "../domain/settings.ts";
import { examine, type Surroundings } from "./doctor/doctor.ts";
import { addressesOf } from "./doctor/tunnel.ts";
import { KEY_FILE, STATE_DIR } from "./tunnel/flags.ts";
import { HUB_UNITS } from "./service/files.ts";
import { hubSettings, settingFlags, type Cli } from "./environment.ts";

export const doctorVerb: Verb<Cli> = {
  name: "doctor",
  summary: "look at everything a hub stands on and say what to do; changes nothing",
  details: [
    "Each line is ok, warn or FAIL, the thing, the fact, and what to do. Exits 1 when something has failed. As root it sees",
    "most: the firewall's table and the files of secrets; and it looks at the hub that is installed, unless one is named.",
  ].join("\n"),
  flags: [
    { name: "json", doc: "print JSON" },
    { name: "bundle", value: "FILE", doc: "also write it, with versions and settings but no secret, for who helps" },
    ...settingFlags("database_url", "data_dir", "bind_address", "port"),
  ],
  examples: ["fleet-hub doctor", "fleet-hub doctor --bundle /tmp/fleet-hub.json"],
  run: async (call, cli) => {
    const { findings, settings } = await look(call, cli, thisMachine);
    if (call.flags["json"] === true) cli.print(JSON.stringify(findings));
    else for (const finding of findings) cli.print(findingLine(finding));
    const { bundle } = call.flags;
    if (typeof bundle === "string") writeBundle(bundle, cli, findings, settings);
    return findingsCode(findings);
  },
};

const thisMachine: Surroundings = {
  net: systemNet,
  units: {
    folders: ["/etc/systemd/system", "/usr/lib/systemd/system"],
    shipped: HUB_UNITS,
    installer: "install-hub.sh",
  },
  settingsFile: "/etc/fleet-hub/hub.env",
  secretsFolder: "/etc/credstore",
  gateway: {
    keyFile: KEY_FILE,
    stateDir: STATE_DIR,
    device: TUNNEL_INTERFACE,
    interfaces: "/sys/class/net",
    commands: systemCommands,
    isRoot: process.getuid?.() === 0,
    addresses: addressesOf,
  },
};

export interface Look {
  readonly findings: readonly Finding[];
  /** Undefined when they are wrong, and nothing else could be looked at. */
  readonly settings: HubSettings | undefined;
}

/** Settings first: without them nothing else can be found. */
export async function look(call: Call, cli: Cli, around: Surroundings): Promise<Look> {
  try {
    const settings = hubSettings(call, cli);
    const findings = await examine(call, cli, settings, around);
    return { findings: [ok("settings", "good"), ...findings], settings };
  } catch (error) {
    if (!(error instanceof Fault) || error.code !== "config") throw error;
    return { findings: settingFindings(error), settings: undefined };
  }
}

/** One for each wrong setting: they are told at once, a line each. */
export function settingFindings({ message, hint }: Fault): Finding[] {
  const remedy = hint ?? "mend it in /etc/fleet-hub/hub.env or /etc/credstore; fleet-hub help serve tells the forms";
  return message.split("\n").map((line) => fail("settings", line, remedy));
}

function writeBundle(path: string, cli: Cli, findings: readonly Finding[], settings: HubSettings | undefined): void {
  const shown = Object.entries(settings ?? {}).map(([key, value]) => {
    const { secret } = hubSettingTable[key as keyof HubSettings];
    return [key, secret && value !== undefined ? "(given)" : value] as const;
  });
  const bundle = {
    made_at: new Date(cli.clock.now()).toISOString(),
    version: cli.version,
    runtime: Bun.version,
    platform: `${process.platform}-${process.arch}`,
    settings: Object.fromEntries(shown),
    findings,
  };
  const secrets = [settings?.admin_key, settings?.viewer_key, settings?.database_url];
  writeFileSync(path, `${struckOut(JSON.stringify(bundle, null, 2), secrets)}\n`, { mode: 0o600 });
  cli.print(`wrote ${path}`);
}
