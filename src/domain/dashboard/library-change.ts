import { canonicalJson } from "../../base/json.ts";

/** Fields of one change that a page shows. */
export const CHANGE_FIELDS_MAX = 40;
const DIGITS_MAX = 4;

export interface FieldChange {
  readonly field: string;
  /** Null where the episode did not have the field, or was not there. */
  readonly before: string | null;
  readonly after: string | null;
}

type Side = Readonly<Record<string, unknown>> | null;

/** Both sides of a stored change, field by field, as texts. */
export function fieldChanges(before: Side, after: Side): FieldChange[] {
  const fields = new Set([...Object.keys(before ?? {}), ...Object.keys(after ?? {})]);
  return [...fields]
    .map((field) => ({ field, before: textOf(before?.[field]), after: textOf(after?.[field]) }))
    .filter((change) => change.before !== change.after)
    .slice(0, CHANGE_FIELDS_MAX);
}

/** Depths come with all the digits of a float: nobody reads past the fourth. */
function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "number") return `${Number(value.toFixed(DIGITS_MAX))}`;
  return typeof value === "string" ? value : canonicalJson(value);
}
