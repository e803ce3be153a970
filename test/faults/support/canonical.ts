import { isRecord } from "../../../src/base/json.ts";
import { hex, sha256 } from "../../../src/base/digest.ts";

/** Of a JSON value, whatever the order of its keys and the space between them. */
export function canonicalDigest(value: unknown): string {
  return hex(sha256(JSON.stringify(sorted(value))));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (!isRecord(value)) return value;
  const keys = Object.keys(value).toSorted();
  return Object.fromEntries(keys.map((key) => [key, sorted(value[key])]));
}
