import { withQuery } from "../frame/address.ts";
import type { Frame } from "../frame/model.ts";
import type { Child, Markup } from "../jsx-runtime.ts";

export interface Column<Row> {
  readonly label: string;
  readonly cell: (row: Row) => Child;
  /** Right-aligned, digits of one width. */
  readonly numeric?: boolean;
  /** Names the row: at most one column. */
  readonly heads?: boolean;
  /** Name in `?sort=`; `-name` is the other way round. */
  readonly sort?: string;
  /** Classes of the cell, for instance `words`. */
  readonly kind?: string;
  /** Left out below this width: its page shows it anyway. */
  readonly hideBelow?: "phone" | "tablet" | "desk";
}

export interface TableProps<Row> {
  readonly frame: Frame;
  /** Also the name of the region that scrolls. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  readonly rows: readonly Row[];
  /** `rig-RIG-7`: what a refresh and the keyboard know the row by. */
  readonly rowId?: (row: Row) => string;
  readonly rowKind?: (row: Row) => string | undefined;
  /** As the list is sorted now: `name` or `-name`. */
  readonly sort?: string;
  /** New first rows of a refresh wait for a press. */
  readonly waits?: string;
}

/** Rows on the left margin, exceptions marked; it scrolls inside itself, never the page. */
export function Table<Row>(props: TableProps<Row>): Markup {
  const { caption, columns, rows, rowId, rowKind, waits } = props;
  const kinds = columns.map(classes);
  return (
    <div class="scroll" tabindex="0" role="region" aria-label={caption}>
      <table data-waits={waits}>
        <caption>{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <Head props={props} column={column} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr id={rowId?.(row)} class={rowKind?.(row)}>
              {columns.map((column, at) => cellOf(column, row, kinds[at]))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Head<Row>({ props, column }: { readonly props: TableProps<Row>; readonly column: Column<Row> }): Markup {
  const { frame, sort } = props;
  const { label, sort: name } = column;
  const kind = classes(column);
  if (name === undefined) {
    return (
      <th scope="col" class={kind}>
        {label}
      </th>
    );
  }
  const up = sort === name;
  const down = sort === `-${name}`;
  return (
    <th scope="col" class={kind} aria-sort={up ? "ascending" : down ? "descending" : undefined}>
      <a href={withQuery(frame.here, { sort: down ? name : `-${name}`, after: undefined })}>
        {label}
        {(up || down) && <span aria-hidden="true">{up ? " ▲" : " ▼"}</span>}
      </a>
    </th>
  );
}

function cellOf<Row>(column: Column<Row>, row: Row, kind: string | undefined): Markup {
  if (column.heads === true) {
    return (
      <th scope="row" class={kind}>
        {column.cell(row)}
      </th>
    );
  }
  return <td class={kind}>{column.cell(row)}</td>;
}

function classes<Row>({ numeric, kind, hideBelow }: Column<Row>): string | undefined {
  const all = [numeric === true ? "number" : "", kind ?? "", hideBelow === undefined ? "" : `from-${hideBelow}`];
  return all.filter((name) => name !== "").join(" ") || undefined;
}
