import type { Child, Markup } from "../jsx-runtime.ts";
import { number, percent } from "./numbers.ts";

export interface Bar {
  readonly label: Child;
  readonly value: number;
  readonly href?: string;
  /** Class of the colour. */
  readonly kind?: string;
}

interface BarsProps {
  readonly caption: string;
  readonly bars: readonly Bar[];
  /** Beside the count, its share of the whole. */
  readonly shares?: boolean;
}

const WIDTH = 100;
const HEIGHT = 10;

/** Counts as lying bars, in a table: the picture and the figures are one. A share alone hides how few there were. */
export function Bars({ caption, bars, shares = false }: BarsProps): Markup {
  const total = bars.reduce((sum, { value }) => sum + value, 0);
  const most = Math.max(1, ...bars.map(({ value }) => value));
  return (
    <table class="bars">
      <caption>{caption}</caption>
      <tbody>
        {bars.map(({ label, value, href, kind }) => (
          <tr>
            <th scope="row">{href === undefined ? label : <a href={href}>{label}</a>}</th>
            <td class="bar-cell">
              <BarShape share={value / most} kind={kind} />
            </td>
            <td class="number">{number(value)}</td>
            {shares && <td class="number">{percent(total === 0 ? null : value / total)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** A bar of a share from 0 to 1; its meaning stands beside it in words. */
export function BarShape({ share, kind }: { readonly share: number; readonly kind?: string | undefined }): Markup {
  const width = Math.max(0, Math.min(1, share)) * WIDTH;
  return (
    <svg class="bar-shape" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <rect class="bar-ground" width={WIDTH} height={HEIGHT} />
      <rect class={kind ?? "bar-fill"} width={width.toFixed(1)} height={HEIGHT} />
    </svg>
  );
}
