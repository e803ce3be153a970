import type { Markup } from "../jsx-runtime.ts";
import { number } from "./numbers.ts";

export interface ColumnPart {
  readonly name: string;
  readonly value: number;
}

export interface ChartColumn {
  readonly label: string;
  readonly href?: string;
  /** From the foot upwards. */
  readonly parts: readonly ColumnPart[];
  /** Not over yet: drawn with an open edge, and said in words. */
  readonly incomplete?: boolean;
}

interface ColumnsProps {
  /** Unique on the page. */
  readonly id: string;
  readonly caption: string;
  /** One sentence that says what the picture shows. */
  readonly summary: string;
  readonly columns: readonly ChartColumn[];
  /** Every part that occurs, in the order of the columns. */
  readonly names: readonly string[];
  /** What the columns are, for the head of the table. */
  readonly along?: string;
}

const HEIGHT = 240;
const WIDTH = 1200;
const GAP_SHARE = 0.25;

/** Counts as standing bars in parts, with a legend, and the same figures as a table. */
export function Columns({ id, caption, summary, columns, names, along = "Day" }: ColumnsProps): Markup {
  const most = Math.max(1, ...columns.map(totalOf));
  return (
    <figure class="columns">
      <figcaption id={id}>{caption}</figcaption>
      <Legend names={names} />
      <div class="columns-plot">
        <span class="columns-most" aria-hidden="true">
          {number(most)}
        </span>
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={summary}>
          {columns.map((column, at) => (
            <Stack id={`${id}-${at}`} column={column} at={at} of={columns.length} most={most} />
          ))}
        </svg>
      </div>
      <p class="columns-ends" aria-hidden="true">
        <span>{columns[0]?.label ?? ""}</span>
        <span>{columns.at(-1)?.label ?? ""}</span>
      </p>
      <p>{summary}</p>
      <ColumnTable id={id} caption={caption} columns={columns} names={names} along={along} />
    </figure>
  );
}

export function Legend({ names }: { readonly names: readonly string[] }): Markup {
  return (
    <ul class="legend">
      {names.map((name) => (
        <li>
          <svg viewBox="0 0 10 10" aria-hidden="true">
            <rect class={kindOf(name)} width="10" height="10" />
          </svg>
          {name}
        </li>
      ))}
    </ul>
  );
}

/** Class of the colour that a category, risk or outcome has on every page. */
export function kindOf(name: string): string {
  return `part part-${name.toLowerCase()}`;
}

interface StackProps {
  readonly id: string;
  readonly column: ChartColumn;
  readonly at: number;
  readonly of: number;
  readonly most: number;
}

function Stack({ id, column, at, of, most }: StackProps): Markup {
  const step = WIDTH / of;
  const width = step * (1 - GAP_SHARE);
  let foot = HEIGHT;
  return (
    <g id={id} class={column.incomplete === true ? "incomplete" : undefined}>
      <title>{`${column.label}: ${number(totalOf(column))}`}</title>
      {column.parts.map(({ name, value }) => {
        const top = foot - (value / most) * HEIGHT;
        const height = Math.round(foot) - Math.round(top);
        foot = top;
        if (height === 0) return <></>;
        return (
          <rect
            class={kindOf(name)}
            x={(at * step).toFixed(0)}
            y={Math.round(top)}
            width={width.toFixed(0)}
            height={height}
          />
        );
      })}
    </g>
  );
}

type TableProps = Required<Pick<ColumnsProps, "id" | "caption" | "columns" | "names" | "along">>;

function ColumnTable({ id, caption, columns, names, along }: TableProps): Markup {
  return (
    <details>
      <summary>Figures</summary>
      <div class="scroll" tabindex="0" role="region" aria-label={caption}>
        <table>
          <caption>{caption}</caption>
          <thead>
            <tr>
              <th scope="col">{along}</th>
              {[...names, "All"].map((name) => (
                <th scope="col" class="number">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {columns.map((column, at) => (
              <tr id={`${id}-row-${at}`}>
                <th scope="row">
                  {column.href === undefined ? column.label : <a href={column.href}>{column.label}</a>}
                  {column.incomplete === true && <small> not over yet</small>}
                </th>
                {names.map((name) => (
                  <td class="number">{number(valueOf(column, name))}</td>
                ))}
                <td class="number">{number(totalOf(column))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function valueOf({ parts }: ChartColumn, name: string): number {
  return parts.find((part) => part.name === name)?.value ?? 0;
}

function totalOf({ parts }: ChartColumn): number {
  return parts.reduce((sum, { value }) => sum + value, 0);
}
