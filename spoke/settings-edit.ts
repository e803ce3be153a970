import { parse } from "smol-toml";
import { Fault } from "../src/base/fault.ts";
import { isRecord } from "../src/base/json.ts";

const SECTION = "fleet";

/**
 * The text of a settings' file with these of `[fleet]` given, and everything else as it stood, comments too.
 * Faults: `config`, when the file is written in a way that this cannot follow.
 */
export function withSettings(text: string, values: Readonly<Record<string, string>>): string {
  const lines = text === "" ? [] : text.trimEnd().split("\n");
  const found = lines.findIndex((line) => /^\s*\[\s*"?fleet"?\s*\]\s*(?:#.*)?$/.test(line));
  if (found === -1) lines.push(...(lines.length === 0 ? [] : [""]), `[${SECTION}]`);
  const start = found === -1 ? lines.length : found + 1;
  const next = lines.findIndex((line, at) => at >= start && /^\s*\[/.test(line));
  const section = lines.slice(start, next === -1 ? undefined : next);
  const rest = next === -1 ? [] : lines.slice(next);
  const edited = [...lines.slice(0, start), ...withValues(section, values), ...rest, ""].join("\n");
  checkEdit(text, edited, values);
  return edited;
}

function withValues(section: readonly string[], values: Readonly<Record<string, string>>): string[] {
  const edited = [...section];
  const fresh: string[] = [];
  for (const [key, value] of Object.entries(values)) {
    const line = `${key} = ${JSON.stringify(value)}`;
    const at = edited.findIndex((old) => new RegExp(`^\\s*"?${key}"?\\s*=`).test(old));
    if (at === -1) fresh.push(line);
    else edited[at] = line;
  }
  return [...fresh, ...edited];
}

/** Lines are not TOML: what stands in the file now must be what was meant, or it is left to a person. */
function checkEdit(before: string, after: string, values: Readonly<Record<string, string>>): void {
  const meant = parse(before);
  const section = meant[SECTION] ?? {};
  meant[SECTION] = { ...(isRecord(section) ? section : {}), ...values };
  if (Bun.deepEquals(parsed(after), meant)) return;
  throw new Fault("config", "the settings' file is written in a way that cannot be edited", "name a new --config FILE");
}

function parsed(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}
