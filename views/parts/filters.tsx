import { pathOf, queryOf, withQuery } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import type { Child, Markup } from "../jsx-runtime.ts";

interface FiltersProps {
  readonly frame: Frame;
  /** Names of the fields inside: everything else of the address is kept, the place in the list is not. */
  readonly names: readonly string[];
  /** Where the same question is answered as a file, for those who need no list. */
  readonly file?: string;
  readonly children: Child;
}

/** A GET form: the address holds the whole state of the view, with a script or without. */
export function Filters({ frame, names, file, children }: FiltersProps): Markup {
  const query = queryOf(frame.here);
  const kept = [...query].filter(([name]) => !names.includes(name) && name !== "after");
  const isSet = names.some((name) => (query.get(name) ?? "") !== "");
  return (
    <form
      id="filters"
      method="get"
      action={pathOf(frame.here)}
      class="filters"
      role="search"
      aria-label="Filter this view"
    >
      {kept.map(([name, value]) => (
        <input type="hidden" name={name} value={value} />
      ))}
      {children}
      <button>Show</button>
      {file !== undefined && <button formaction={file}>CSV</button>}
      {isSet && <ClearFilters frame={frame} names={names} />}
    </form>
  );
}

export function ClearFilters({ frame, names }: Pick<FiltersProps, "frame" | "names">): Markup {
  const cleared = Object.fromEntries([...names, "after"].map((name) => [name, undefined]));
  return <a href={withQuery(frame.here, cleared)}>Clear the filter</a>;
}

interface ChoiceProps {
  readonly name: string;
  readonly label: string;
  readonly values: readonly string[];
  readonly chosen: string | undefined;
  /** The words of the choice that filters nothing; undefined when there is none. */
  readonly any?: string | undefined;
}

export function Choice({ name, label, values, chosen, any = "any" }: ChoiceProps): Markup {
  return (
    <label>
      {label}
      <select name={name}>
        <option value="">{any}</option>
        {values.map((value) => (
          <option value={value} selected={value === chosen}>
            {value}
          </option>
        ))}
      </select>
    </label>
  );
}

interface FieldProps {
  readonly name: string;
  readonly label: string;
  readonly value: string | number | undefined;
  readonly type?: "text" | "number" | "date" | "search";
  readonly max?: number;
  readonly unit?: string;
}

export function Field({ name, label, value, type = "text", max = 64, unit }: FieldProps): Markup {
  return (
    <label>
      {unit === undefined ? label : `${label}, ${unit}`}
      <input
        name={name}
        type={type}
        value={value ?? ""}
        maxlength={type === "number" || type === "date" ? undefined : max}
        step={type === "number" ? "any" : undefined}
        autocomplete="off"
      />
    </label>
  );
}
