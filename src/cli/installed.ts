import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";
import { credentialSource } from "../base/credentials.ts";
import { environmentSource } from "../base/settings.ts";
import type { Call, Verb } from "../base/verbs.ts";
import { hubSettingTable } from "../domain/settings.ts";
import { dotEnv, type Cli } from "./environment.ts";

/** Where install-hub.sh and the package keep what the service is given. */
export interface InstalledFiles {
  readonly settings: string;
  readonly secrets: string;
  readonly dataDir: string;
  readonly runtime: string;
}

const INSTALLED: InstalledFiles = {
  settings: "/etc/fleet-hub/hub.env",
  secrets: "/etc/credstore",
  dataDir: "/var/lib/fleet-hub",
  runtime: "/run",
};
const PLACES = ["data_dir", "database_url"] as const;

/** Root who asks about a hub and names none means the one that is installed here, with its settings and secrets. */
export function ofInstalled(verb: Verb<Cli>): Verb<Cli> {
  return { ...verb, run: (call, cli) => verb.run(call, process.getuid?.() === 0 ? installedCli(call, cli) : cli) };
}

/** The same where a hub was named, or none is installed. */
export function installedCli(call: Call, cli: Cli, files = INSTALLED): Cli {
  if (cli.hub !== undefined || isNamed(call, cli) || !existsSync(files.settings)) return cli;
  return { ...cli, installed: true, environment: { ...serviceEnvironment(files), ...cli.environment } };
}

function isNamed({ flags }: Call, { environment, cwd }: Cli): boolean {
  const given = [environmentSource(environment), environmentSource(dotEnv(cwd))];
  return PLACES.some(
    (key) => flags[key] !== undefined || given.some((source) => source.get(key, hubSettingTable[key]) !== undefined),
  );
}

function serviceEnvironment({
  settings,
  secrets,
  dataDir,
  runtime,
}: InstalledFiles): Record<string, string | undefined> {
  const kept = credentialSource(secrets, "fleet-hub.");
  const secret = (key: "admin_key" | "viewer_key" | "database_url"): Record<string, string> => {
    const { env } = hubSettingTable[key];
    const raw = kept.get(key, hubSettingTable[key])?.raw;
    return typeof raw === "string" && env[0] !== undefined ? { [env[0]]: raw } : {};
  };
  return {
    FLEET_DATA_DIR: dataDir,
    FLEET_WG_PEERS_FILE: join(runtime, "fleet-hub", "wg-peers.json"),
    FLEET_WG_HANDSHAKES_FILE: join(runtime, "fleet-hub-wg", "handshakes.json"),
    ...secret("admin_key"),
    ...secret("viewer_key"),
    ...secret("database_url"),
    ...parseEnv(readFileSync(settings, "utf8")),
  };
}
