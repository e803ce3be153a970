import { parse, TomlError } from "smol-toml";
import { Fault } from "../src/base/fault.ts";
import { isRecord } from "../src/base/json.ts";
import { nearest, suggestion } from "../src/base/nearest.ts";
import type { SettingSource } from "../src/base/settings.ts";
import { spokeSettingTable } from "./settings.ts";

const SECTION = "fleet";
const NAMES = Object.keys(spokeSettingTable);

/**
 * The `[fleet]` section of a TOML file; other sections are other programs' business. `name` is what errors call
 * the file. Faults: `config`, naming the line of a text that is no TOML or of a field that no setting is called.
 */
export function tomlSource(text: string, name: string): SettingSource {
  const file = parseToml(text, name);
  const section = file[SECTION] ?? {};
  if (!isRecord(section)) throw new Fault("config", `${name}: ${SECTION} is not a section`, `write [${SECTION}]`);
  refuseStrays(file, text, name);
  refuseUnknown(Object.keys(section), text, name);
  return {
    get(key) {
      const raw = section[key];
      return raw === undefined ? undefined : { raw, name: `${place(name, lineOfField(text, key))}: ${key}` };
    },
  };
}

function parseToml(text: string, name: string): Record<string, unknown> {
  try {
    return parse(text);
  } catch (error) {
    if (!(error instanceof TomlError)) throw error;
    const reason = error.message.split("\n")[0]?.replace(/^Invalid TOML document: /, "") ?? "";
    throw new Fault("config", `${place(name, error.line)}, column ${error.column}: ${reason}`);
  }
}

/** Settings above every section, and a section whose name is mistyped, would be silently without effect. */
function refuseStrays(file: Record<string, unknown>, text: string, name: string): void {
  const stray = Object.keys(file).find((key) => NAMES.includes(key));
  if (stray !== undefined) {
    const at = place(name, lineOfField(text, stray, ""));
    throw new Fault("config", `${at}: ${stray} stands outside [${SECTION}]`, `put [${SECTION}] above it`);
  }
  const mistyped = Object.keys(file).find((key) => key !== SECTION && nearest(key, [SECTION]) !== undefined);
  if (SECTION in file || mistyped === undefined) return;
  throw new Fault("config", `${name}: no section [${SECTION}], but [${mistyped}]`, `call it [${SECTION}]`);
}

function refuseUnknown(keys: readonly string[], text: string, name: string): void {
  const problems = keys
    .filter((key) => !NAMES.includes(key))
    .map((key) => `${place(name, lineOfField(text, key))}: no setting is called ${key}; ${suggestion(key, NAMES)}`);
  if (problems.length > 0) throw new Fault("config", problems.join("\n"));
}

function place(name: string, line: number | undefined): string {
  return line === undefined ? name : `${name} line ${line}`;
}

/** The parser keeps no positions. This finds a field as people write it, and nothing where they write it unusually. */
function lineOfField(text: string, key: string, section: string = SECTION): number | undefined {
  let current = "";
  for (const [at, line] of text.split("\n").entries()) {
    const header = /^\s*\[\s*"?([^"\]]*?)"?\s*\]/.exec(line)?.[1];
    if (header !== undefined) current = header;
    const field = /^\s*([\w.-]+|"[^"]*")\s*=/.exec(line)?.[1]?.replaceAll('"', "");
    if (field === undefined) continue;
    const path = current === "" ? field : `${current}.${field}`;
    if (path === (section === "" ? key : `${section}.${key}`)) return at + 1;
  }
  return undefined;
}
