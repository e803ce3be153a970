import { OUTCOME_NAMES } from "../../src/wire/vocabulary.ts";
import { eventHref } from "../frame/address.ts";
import type { Markup } from "../jsx-runtime.ts";
import { Outcome } from "../parts/badges.tsx";
import { Legend } from "../parts/columns.tsx";
import { JsonIsland } from "../parts/island.tsx";
import { number } from "../parts/numbers.ts";
import { Empty } from "../parts/panel.tsx";
import { utc } from "../parts/time.tsx";
import type { Point } from "./model.ts";

/** Rows of the table behind the plot. */
const LISTED_MAX = 25;
const MINUTE_MS = 60_000;

/** Where and when, coloured and shaped by what came of it. */
export function Scatter({ points, max }: { readonly points: readonly Point[]; readonly max: number }): Markup {
  if (points.length === 0) return <Empty>No event in this range.</Empty>;
  const outcomes = OUTCOME_NAMES.toReversed().filter((name) => points.some(({ outcome }) => outcome === name));
  const depths = points.map(({ depth_ft }) => depth_ft);
  const sentence = `${number(points.length)} events, the newest ${number(max)} of each outcome at most, between ${number(Math.min(...depths))} and ${number(Math.max(...depths))} ft.`;
  return (
    <figure>
      <figcaption>Depth downwards, ft; time to the right, UTC</figcaption>
      <Legend names={outcomes} />
      <div id="scatter" class="plot" aria-hidden="true" hx-morph-skip=""></div>
      {outcomes.map((name) => (
        <JsonIsland id={`scatter-${name}`} value={plotted(points.filter(({ outcome }) => outcome === name))} />
      ))}
      <p>{sentence}</p>
      <Newest points={points} />
    </figure>
  );
}

/**
 * Minutes before the point before, and ft: a dot on the plot is as wide as an hour and 50 ft. An island an outcome, as a
 * refresh brings only those that changed.
 */
function plotted(points: readonly Point[]) {
  const minutes = points.map(({ timestamp }) => Math.round(Date.parse(timestamp) / MINUTE_MS));
  return {
    ago_min: minutes.map((at, nth) => (minutes[nth - 1] ?? 0) - at),
    depth_ft: points.map(({ depth_ft }) => Math.round(depth_ft)),
  };
}

function Newest({ points }: { readonly points: readonly Point[] }): Markup {
  const newest = points
    .toSorted((left, right) => Date.parse(right.timestamp) - Date.parse(left.timestamp))
    .slice(0, LISTED_MAX);
  const caption = `The newest ${newest.length} of them`;
  return (
    <details>
      <summary>{caption}</summary>
      <div class="scroll" tabindex="0" role="region" aria-label={caption}>
        <table>
          <caption>{caption}</caption>
          <thead>
            <tr>
              <th scope="col">Time</th>
              <th scope="col" class="number">
                Depth, ft
              </th>
              <th scope="col">Outcome</th>
            </tr>
          </thead>
          <tbody>
            {newest.map(({ id, timestamp, depth_ft, outcome }) => (
              <tr id={`point-${id}`}>
                <th scope="row">
                  <a href={eventHref(id)}>{utc(timestamp)}</a>
                </th>
                <td class="number">{number(depth_ft, 1)}</td>
                <td>
                  <Outcome name={outcome} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}
