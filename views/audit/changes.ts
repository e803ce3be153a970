import { ABSENT } from "../parts/numbers.ts";
import { utc } from "../parts/time.tsx";
import type { AuditFields, AuditLine, AuditValue } from "./model.ts";

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** `status: active → revoked`, then what else the entry says; a line each. */
export function changes({ before, after, detail }: Pick<AuditLine, "before" | "after" | "detail">): string[] {
  const names = [...new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})])];
  const changed = names.flatMap((name) => change(name, before, after));
  const more = Object.entries(detail)
    .filter(([, value]) => !(Array.isArray(value) && value.length === 0))
    .map(([name, value]) => `${words(name)}: ${plain(value)}`);
  return [...changed, ...more];
}

function change(name: string, before: AuditFields | null, after: AuditFields | null): string[] {
  const [old, now] = [plain(before?.[name]), plain(after?.[name])];
  if (before === null) return [`${words(name)}: ${now}`];
  if (after === null) return [`${words(name)}: ${old}`];
  return old === now ? [] : [`${words(name)}: ${old} → ${now}`];
}

function words(name: string): string {
  return name.replaceAll("_", " ");
}

function plain(value: AuditValue | undefined): string {
  if (value === undefined || value === null || value === "") return ABSENT;
  if (typeof value === "string") return ISO_TIME.test(value) ? utc(value) : value;
  if (Array.isArray(value)) return value.map((item: AuditValue) => plain(item)).join(", ");
  return typeof value === "object" ? JSON.stringify(value) : `${value}`;
}
