import { createNet, type Net } from "../base/net.ts";
import { runUpgrade } from "../base/release/run.ts";
import { requireCommand } from "../base/release/command.ts";
import { UPGRADE_ARGUMENTS, UPGRADE_FLAGS, upgradeFlags, type UpgradeFlags } from "../base/release/flags.ts";
import type { Call, Verb } from "../base/verbs.ts";
import type { HubSettings } from "../domain/settings.ts";
import { parseAddress } from "../http/server.ts";
import { readTls } from "../http/tls.ts";
import { hubSettings, settingFlags, type Cli } from "./environment.ts";
import { lookAtHub } from "./upgrade-look.ts";

const PRODUCT = "fleet-hub";

const URL_FLAG = { name: "url", value: "URL", doc: "where the hub is looked at; by default its address and port" };

const BACKUP_FLAGS = [
  {
    name: "backup-to",
    value: "DIR",
    doc: "where the backup before goes; or FLEET_BACKUP_DIR (/var/lib/fleet-hub-backup)",
  },
  { name: "no-backup", doc: "make none: there is one of this hour, or the database has its own" },
];
const BACKUP_DEADLINE_MS = 3_600_000;

export const upgradeVerb: Verb<Cli> = {
  name: "upgrade",
  summary: "put a signed release in the place of the running one, or take it back",
  details:
    "The release is checked, tried and watched; one that does not prove itself is taken back. Run it where it outlives\n" +
    "the service: systemd-run --wait --pipe fleet-hub upgrade FILE.",
  arguments: UPGRADE_ARGUMENTS,
  flags: [...UPGRADE_FLAGS, URL_FLAG, ...BACKUP_FLAGS, ...settingFlags("data_dir", "bind_address", "port")],
  examples: [
    "fleet-hub upgrade fleet-hub-0.2.0-linux-x64.zst",
    "fleet-hub upgrade --patch fleet-hub-0.1.0-to-0.2.0-linux-x64.patch --dry-run",
    "fleet-hub upgrade --rollback",
  ],
  run: (call, cli) => {
    const flags = upgradeFlags(call, PRODUCT);
    const settings = hubSettings(call, cli);
    const setup = {
      product: PRODUCT,
      flags,
      trials: trialsOf(settings),
      before: backupsOf(call, flags, settings, cli),
      look: lookAtHub(typeof call.flags["url"] === "string" ? call.flags["url"] : hubUrl(settings), hubNet(settings)),
      environment: cli.environment,
      clock: cli.clock,
      print: cli.print,
    };
    return runUpgrade(setup, flags.file);
  },
};

/** By the release that is still there, which knows its own schema. */
function backupsOf({ flags: given }: Call, { root }: UpgradeFlags, { database_url, data_dir }: HubSettings, cli: Cli) {
  if (given["no_backup"] === true) return [];
  const to = given["backup_to"] ?? cli.environment["FLEET_BACKUP_DIR"] ?? "/var/lib/fleet-hub-backup";
  const words = [`${root}/current/${PRODUCT}`, "backup", "--to", String(to), "--same-disk"];
  const own = database_url === undefined ? ["--data-dir", data_dir] : [];
  const run = async (): Promise<void> => {
    await requireCommand([...words, ...own], { environment: cli.environment, deadlineMs: BACKUP_DEADLINE_MS });
  };
  return [{ name: `backup to ${String(to)}`, run }];
}

/**
 * A database comes by the environment, which the trials inherit: its password has no place among words. The embedded one
 * is open in the running hub and nobody else can look into it: its plan is made at the start.
 */
function trialsOf({ database_url, data_dir }: HubSettings) {
  const check = { name: "check", words: ["check"] };
  return database_url === undefined
    ? [{ ...check, words: ["check", "--data-dir", data_dir] }]
    : [check, { name: "migrate --plan", words: ["migrate", "--plan"] }];
}

/** A certificate of the hub's own making is good for the hub itself. */
function hubNet(settings: HubSettings): Net {
  const tls = readTls(settings);
  return createNet(tls === undefined ? {} : { extraCa: tls.cert });
}

function hubUrl({ bind_address, port, tls_cert }: HubSettings): string {
  const address = parseAddress(bind_address, port);
  const everywhere: Readonly<Record<string, string>> = { "0.0.0.0": "127.0.0.1", "::": "::1" };
  const host = everywhere[address.hostname] ?? address.hostname;
  return `${tls_cert === undefined ? "http" : "https"}://${host.includes(":") ? `[${host}]` : host}:${address.port}`;
}
