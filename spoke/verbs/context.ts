import { Fault } from "../../src/base/fault.ts";
import { parseJson } from "../../src/base/json.ts";
import type { Net } from "../../src/base/net.ts";
import type { Notify } from "../../src/base/notify.ts";
import type { Flag, Verb } from "../../src/base/verbs.ts";
import type { SpokeContext } from "../context.ts";
import { loadSettings, type Surroundings } from "../load-settings.ts";
import type { beginReplacement } from "../replace-file.ts";
import type { serve } from "../serve.ts";
import type { SpokeSettings } from "../settings.ts";

/** What a verb may touch of the world, passed in. */
export interface VerbContext extends Surroundings {
  /** One or more whole lines for people or programs; a newline is added. */
  readonly print: (text: string) => void;
  /** `-` is what comes by standard input. Throws when it cannot be read. */
  readonly readFile: (path: string) => Promise<Uint8Array>;
  /** A verb that prints to people logs only what is wrong, beside what it prints. */
  readonly contextOf: (settings: SpokeSettings, logging: "all" | "problems") => SpokeContext;
  readonly serve: typeof serve;
  /** For a verb that knows no settings yet. */
  readonly net: Net;
  readonly beginReplacement: typeof beginReplacement;
  /** Aborts when the process is asked to stop. */
  readonly stopping: AbortSignal;
  /** The service manager, where one started this process. */
  readonly notify: Notify;
}

export type SpokeVerb = Verb<VerbContext>;

export const CONFIG_FLAG: Flag = {
  name: "config",
  value: "FILE",
  doc: "settings as TOML, section [fleet]; by default $FLEET_CONFIG, then /etc/fleet-spoke/fleet.toml if it is there",
};

export const JSON_FLAG: Flag = { name: "json", doc: "print JSON, for programs" };

export const DEFAULT_CONFIG = "/etc/fleet-spoke/fleet.toml";

/** Faults: `config`. */
export function settingsOf(
  flags: Readonly<Record<string, string | boolean | undefined>>,
  context: VerbContext,
): SpokeSettings {
  const named = flags["config"] ?? context.environment["FLEET_CONFIG"];
  const path = typeof named === "string" && named !== "" ? named : usualConfig(context);
  return loadSettings(path, context);
}

function usualConfig({ readText }: VerbContext): string | undefined {
  try {
    readText(DEFAULT_CONFIG);
    return DEFAULT_CONFIG;
  } catch (error) {
    if ((error as { code?: unknown }).code === "ENOENT") return undefined;
    throw error;
  }
}

/** A text flag; undefined when it was not given. */
export function textFlag(
  flags: Readonly<Record<string, string | boolean | undefined>>,
  key: string,
): string | undefined {
  const value = flags[key];
  return typeof value === "string" ? value : undefined;
}

/** The bytes of a file that is JSON. Faults: `usage`, when it cannot be read; `invalid_json`. */
export async function readJsonFile(file: string, { readFile }: VerbContext): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const code = (error as { code?: unknown }).code;
    const reason = typeof code === "string" ? code : "unreadable";
    throw new Fault("usage", `${file} cannot be read (${reason})`, "name a file that holds an event as JSON");
  }
  parseJson(bytes);
  return bytes;
}
