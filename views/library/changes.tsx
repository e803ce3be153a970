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

/** More of them are folded, of an episode that is new or gone: its page has them anyway. */
const OPEN_MAX = 4;

/** Field by field; of what is new or gone there is one side only. */
export function FieldChanges({ fields }: { readonly fields: readonly FieldChange[] }): Markup {
  if (fields.length === 0) return <span>no field on record</span>;
  const oneSided = fields.every(({ before }) => before === null) || fields.every(({ after }) => after === null);
  if (!oneSided || fields.length <= OPEN_MAX) return <FieldList fields={fields} />;
  return (
    <details>
      <summary>{`${fields.length} fields`}</summary>
      <FieldList fields={fields} />
    </details>
  );
}

function FieldList({ fields }: { readonly fields: readonly FieldChange[] }): Markup {
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
