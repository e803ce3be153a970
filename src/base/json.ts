import { Fault } from "./fault.ts";

/** Deeper than any real event (6), far below what the parser's and PostgreSQL's recursion can take. */
export const JSON_DEPTH_MAX = 32;

const utf8 = new TextDecoder("utf-8", { fatal: true });

/** Parses untrusted bytes: strict UTF-8, bounded depth, and only texts that every store of ours can hold. */
export function parseJson(bytes: Uint8Array, maxDepth = JSON_DEPTH_MAX): unknown {
  let text: string;
  try {
    text = utf8.decode(bytes);
  } catch {
    throw new Fault("invalid_json", "the body is not UTF-8", "send JSON in UTF-8");
  }
  refuseDeep(bytes, maxDepth);
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new Fault("invalid_json", "the body is not JSON", "send one JSON value, whole");
  }
  refuseUnstorable(text);
  return value;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** Counts brackets outside strings before the parser sees them: a million levels parse, and then break whoever prints them. */
function refuseDeep(bytes: Uint8Array, maxDepth: number): void {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < bytes.length; at++) {
    const byte = bytes[at];
    if (inString) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) inString = false;
    } else if (byte === QUOTE) inString = true;
    else if (byte === 0x5b || byte === 0x7b) depth++;
    else if (byte === 0x5d || byte === 0x7d) depth--;
    if (depth > maxDepth) {
      throw new Fault("invalid_json", `the JSON is nested deeper than ${maxDepth} levels`, "flatten it");
    }
  }
}

const ESCAPED_NUL = /\\u0000/;
const ESCAPED_SURROGATE = /\\u[dD][89a-fA-F][0-9a-fA-F]{2}/;

/** PostgreSQL's jsonb refuses NUL and lone surrogates, and one such row would fail its whole group. */
function refuseUnstorable(text: string): void {
  if (!ESCAPED_NUL.test(text) && !ESCAPED_SURROGATE.test(text)) return;
  JSON.parse(text, (key, value: unknown) => {
    const unstorable = [key, value].some((part) => typeof part === "string" && !isStorable(part));
    if (unstorable) {
      throw new Fault("invalid_json", "a text has a NUL or half a surrogate pair", "remove the character");
    }
    return value;
  });
}

/** Whether PostgreSQL can keep the text. */
export function isStorable(text: string): boolean {
  return text.isWellFormed() && !text.includes("\0");
}

/** Equal JSON values give equal texts: keys sorted, no spaces, numbers as JavaScript prints them. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, part: unknown) =>
    part !== null && typeof part === "object" && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).toSorted(([left], [right]) => (left < right ? -1 : 1)))
      : part,
  );
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
