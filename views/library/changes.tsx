import type { Markup } from "../jsx-runtime.ts";
import { Words } from "../parts/words.tsx";
import type { ChangeKind, FieldChange } from "./model.ts";

export const CHANGE_WORDS: Readonly<Record<ChangeKind, string>> = {
  created: "+ new",
  changed: "± changed",
  rescored: "≈ re-scored",
  returned: "↩ returned",
  archived: "− archived",
  removed: "− removed",
};

export const CAUSE_WORDS = {
  arrival: "events arrived",
  schedule: "the schedule",
  request: "a request",
} as const;

/** Field by field; of what is new or gone there is one side only. */
export function FieldChanges({ fields }: { readonly fields: readonly FieldChange[] }): Markup {
  if (fields.length === 0) return <span>no field on record</span>;
  return (
    <dl class="changes">
      {fields.map(({ field, before, after }) => (
        <>
          <dt>{field.replaceAll("_", " ")}</dt>
          <dd>
            {before !== null && (
              <del>
                <Words text={before} />
              </del>
            )}
            {before !== null && after !== null && <span aria-hidden="true"> → </span>}
            {after !== null && (
              <ins>
                <Words text={after} />
              </ins>
            )}
          </dd>
        </>
      ))}
    </dl>
  );
}
