import { number, percent } from "./parts/numbers.ts";
import type { Markup } from "./jsx-runtime.ts";

/** Counts beside their share: a share alone hides how few there were. */
export function Shares({ title, counts }: { title: string; counts: readonly (readonly [string, number])[] }): Markup {
  const total = counts.reduce((sum, [, count]) => sum + count, 0);
  return (
    <table class="shares">
      <caption>{title}</caption>
      <tbody>
        {counts.map(([name, count]) => (
          <tr>
            <th scope="row">{name}</th>
            <td class="number">{number(count)}</td>
            <td class="number">{percent(total === 0 ? null : count / total)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
