import { credentialSource } from "../src/base/credentials.ts";
import { Fault } from "../src/base/fault.ts";
import { environmentSource, type SettingSource } from "../src/base/settings.ts";
import { readSpokeSettings, spokeSettingTable, type SpokeSettings } from "./settings.ts";
import { tomlSource } from "./settings-file.ts";

/** What settings are read from, passed in: the process's own in the executable. */
export interface Surroundings {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The text of a file; throws when it cannot be read. */
  readonly readText: (path: string) => string;
}

/** Environment before credentials before file. `configPath` is undefined where all comes by environment. Faults: `config`. */
export function loadSettings(configPath: string | undefined, surroundings: Surroundings): SpokeSettings {
  const sources: SettingSource[] = [
    environmentSource(surroundings.environment),
    credentialSource(surroundings.environment["CREDENTIALS_DIRECTORY"]),
  ];
  if (configPath !== undefined) sources.push(tomlSource(readConfig(configPath, surroundings), configPath));
  return withKey(readSpokeSettings(sources), surroundings);
}

function readConfig(path: string, { readText }: Surroundings): string {
  try {
    return readText(path);
  } catch (error) {
    throw new Fault("config", `${path} cannot be read (${code(error)})`, "name the settings' file with --config FILE");
  }
}

function withKey(settings: SpokeSettings, { readText }: Surroundings): SpokeSettings {
  if (settings.api_key !== "") return settings;
  if (settings.api_key_file === undefined) {
    throw new Fault("config", "api_key is absent", "give it as FLEET_API_KEY, or name the file that holds it");
  }
  let text: string;
  try {
    text = readText(settings.api_key_file).trim();
  } catch (error) {
    throw new Fault("config", `api_key_file ${settings.api_key_file} cannot be read (${code(error)})`);
  }
  try {
    const key = spokeSettingTable.api_key.parse(text);
    if (key !== "") return { ...settings, api_key: key };
  } catch {
    // Told below, without what the file holds.
  }
  throw new Fault("config", `api_key_file ${settings.api_key_file} holds no key`, "put the key into it, nothing else");
}

function code(error: unknown): string {
  const known = (error as { code?: unknown }).code;
  return typeof known === "string" ? known : "unreadable";
}
