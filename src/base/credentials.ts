import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Fault } from "./fault.ts";
import type { SettingSource } from "./settings.ts";

/**
 * Secrets as the service manager hands them over: a file for each, named after its setting, in the folder of
 * `CREDENTIALS_DIRECTORY`. Neither the environment nor the command line shows them. Other settings are not read there.
 */
export function credentialSource(directory: string | undefined, prefix = ""): SettingSource {
  return {
    get(key, { secret }) {
      if (directory === undefined || directory === "" || !secret) return undefined;
      const path = join(directory, prefix + key);
      const raw = textOf(path);
      return raw === undefined || raw === "" ? undefined : { raw, name: path };
    },
  };
}

/** Without the line's end that editors and `echo` leave; undefined when there is no such file. Faults: `config`. */
function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8").replace(/\r?\n$/, "");
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === "ENOENT" || code === "ENOTDIR") return undefined;
    throw new Fault("config", `${path} cannot be read (${code ?? "unknown"})`, "let this user read it");
  }
}
