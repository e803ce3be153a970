import { readFileSync } from "node:fs";
import { parseEnv } from "node:util";
import type { Clock } from "../base/clock.ts";
import { jsonLog, type Log } from "../base/log.ts";
import type { Notify } from "../base/notify.ts";
import type { Random } from "../base/random.ts";
import { credentialSource } from "../base/credentials.ts";
import { environmentSource, flagSource, readSettings } from "../base/settings.ts";
import type { Call, Flag } from "../base/verbs.ts";
import { openZstd } from "../base/zstd-native.ts";
import { openDatabase, type Database } from "../db/connect.ts";
import { SHARDS } from "../db/daily-counts.ts";
import type { Actor, HubContext } from "../domain/context.ts";
import { checkSettings, hubSettingTable, type HubSettings } from "../domain/settings.ts";

/** What a verb may touch of the process it runs in. */
export interface Cli {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  readonly clock: Clock;
  readonly random: Random;
  /** One line to people. */
  readonly print: (line: string) => void;
  /** One whole line, newline included, to the log. */
  readonly writeLog: (line: string) => void;
  /** Resolves when the process is asked to stop. */
  readonly stopRequested: Promise<string>;
  /** The listener is called each time that the process is asked to read its files again. */
  readonly onReload: (listener: () => void) => void;
  readonly version: string;
  /** The service manager, where one started this process. */
  readonly notify: Notify;
  /** The one that this process runs already, for verbs that come by its local door. */
  readonly hub?: OpenHub;
  /** The settings are those of the hub that is installed on this machine, and nobody named another. */
  readonly installed?: boolean;
}

export const cliActor: Actor = { name: "cli", address: "local" };

/** Every setting as a flag of the verb. */
export function settingFlags(...keys: readonly (keyof HubSettings)[]): Flag[] {
  return keys.map((key) => {
    const { doc, env, fallback } = hubSettingTable[key];
    const standard = fallback === undefined ? "" : ` (${String(fallback)})`;
    return { name: key.replaceAll("_", "-"), value: key.toUpperCase(), doc: `${doc}${standard}; or ${env[0]}` };
  });
}

export const databaseFlags: readonly Flag[] = settingFlags("database_url", "data_dir");

/** Flags, then the environment, then credentials, then .env. Faults: `config`, all that is wrong at once. */
export function hubSettings(call: Call, cli: Cli): HubSettings {
  const settings = readSettings(hubSettingTable, [
    flagSource(call.flags),
    environmentSource(cli.environment),
    credentialSource(cli.environment["CREDENTIALS_DIRECTORY"]),
    environmentSource(dotEnv(cli.cwd)),
  ]);
  checkSettings(settings);
  return settings;
}

export function dotEnv(cwd: string): Record<string, string | undefined> {
  try {
    return parseEnv(readFileSync(`${cwd}/.env`, "utf8"));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
}

export interface OpenHub {
  readonly context: HubContext;
  readonly database: Database;
}

/** The domain over the database of the settings; closes it after `use`. */
export async function withHub<T>(call: Call, cli: Cli, use: (hub: OpenHub) => Promise<T>): Promise<T> {
  if (cli.hub !== undefined) return use(cli.hub);
  const settings = hubSettings(call, cli);
  const log = hubLog(settings, cli);
  const database = await openHubDatabase(settings, cli, log);
  try {
    const zstd = await openZstd();
    return await use({
      database,
      context: {
        sql: database.sql,
        clock: cli.clock,
        random: cli.random,
        log,
        zstd,
        settings,
        shard: cli.random.u32() % SHARDS,
      },
    });
  } finally {
    await database.close();
  }
}

export function hubLog(settings: HubSettings, cli: Cli): Log {
  return jsonLog({ service: "fleet-hub", level: settings.log_level, clock: cli.clock, write: cli.writeLog });
}

function openHubDatabase(settings: HubSettings, cli: Cli, log: Log): Promise<Database> {
  return openDatabase({
    databaseUrl: settings.database_url,
    dataDir: settings.data_dir,
    pool: settings.database_pool,
    prepare: settings.database_prepare,
    log,
    clock: cli.clock,
  });
}
