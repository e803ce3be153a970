import { canonicalJson, isRecord } from "../base/json.ts";

/** JSON pointers to where two values differ, at most `max`; none when they are equal. Key order does not count. */
export function differingPaths(left: unknown, right: unknown, max: number): string[] {
  const paths: string[] = [];
  compare(left, right, "", (path) => paths.push(path) < max);
  return paths;
}

/** Returns false when enough was found. */
function compare(left: unknown, right: unknown, path: string, found: (path: string) => boolean): boolean {
  if (canonicalJson(left) === canonicalJson(right)) return true;
  const [before, after] = [childrenOf(left), childrenOf(right)];
  const sameKind = before !== undefined && after !== undefined && Array.isArray(left) === Array.isArray(right);
  if (!sameKind) return found(path === "" ? "/" : path);
  const keys = new Set([...Object.keys(before), ...Object.keys(after)]);
  for (const key of keys) {
    const step = `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`;
    if (Object.hasOwn(before, key) !== Object.hasOwn(after, key)) {
      if (!found(step)) return false;
    } else if (!compare(before[key], after[key], step, found)) return false;
  }
  return true;
}

function childrenOf(value: unknown): Record<string, unknown> | undefined {
  if (Array.isArray(value)) return Object.fromEntries((value as unknown[]).entries());
  return isRecord(value) ? value : undefined;
}
