import { CATEGORIES } from "../../src/wire/vocabulary.ts";
import { address } from "../frame/address.ts";
import type { Markup } from "../jsx-runtime.ts";
import { kindOf, Legend } from "../parts/columns.tsx";
import { number } from "../parts/numbers.ts";
import { Empty } from "../parts/panel.tsx";
import type { Depth, TrendsPage } from "./model.ts";

const BAND_FT = 500;
const WIDTH = 100;
const HEIGHT = 10;

/** Bands of 500 ft downwards, as on a log: each a bar in parts, each count a link to its events. */
export function DepthBands({ page, depth }: { readonly page: TrendsPage; readonly depth: Depth }): Markup {
  const { months, counts } = depth;
  if (counts.length === 0) return <Empty>No event in these months.</Empty>;
  const names = CATEGORIES.filter((category) => counts.some((row) => row.category === category));
  const byBand = Map.groupBy(counts, ({ band_ft }) => band_ft);
  const bands = bandsBetween([...byBand.keys()]);
  const sumOf = (band: number, category?: string): number =>
    (byBand.get(band) ?? [])
      .filter((row) => category === undefined || row.category === category)
      .reduce((sum, { count }) => sum + count, 0);
  const most = Math.max(1, ...bands.map(({ band }) => sumOf(band)));
  const caption = `Events in bands of ${BAND_FT} ft, whole months from ${months.from.slice(0, 7)} to ${months.to.slice(0, 7)}`;
  return (
    <>
      <Legend names={names} />
      <div class="scroll" tabindex="0" role="region" aria-label={caption}>
        <table class="bands">
          <caption>{caption}</caption>
          <thead>
            <tr>
              <th scope="col">Depth, ft</th>
              <th scope="col">
                <span class="unseen">Share of the fullest band</span>
              </th>
              {names.map((name) => (
                <th scope="col" class="number">
                  {name}
                </th>
              ))}
              <th scope="col" class="number">
                All
              </th>
            </tr>
          </thead>
          <tbody>
            {bands.map(({ band, endFt }) => (
              <tr id={`band-${band}`}>
                <th scope="row">{`${number(band)}–${number(endFt)}`}</th>
                <td class="bar-cell">
                  <BandBar parts={names.map((name) => [name, sumOf(band, name) / most])} />
                </td>
                {names.map((name) => (
                  <td class="number">
                    <BandCount page={page} band={band} category={name} count={sumOf(band, name)} />
                  </td>
                ))}
                <td class="number">
                  <BandCount page={page} band={band} category={page.wish.category} count={sumOf(band)} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

interface BandCountProps {
  readonly page: TrendsPage;
  readonly band: number;
  readonly category: string | undefined;
  readonly count: number;
}

function BandCount({ page, band, category, count }: BandCountProps): Markup {
  if (count === 0) return <span>0</span>;
  const { campaign, risk } = page.wish;
  const list = address("/events", { category, campaign, risk, depth_from: band, depth_to: band + BAND_FT });
  return <a href={list}>{number(count)}</a>;
}

function BandBar({ parts }: { readonly parts: readonly (readonly [name: string, share: number])[] }): Markup {
  let left = 0;
  return (
    <svg class="bar-shape" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      {parts.map(([name, share]) => {
        const x = left;
        left += share * WIDTH;
        return <rect class={kindOf(name)} x={x.toFixed(2)} width={(share * WIDTH).toFixed(2)} height={HEIGHT} />;
      })}
    </svg>
  );
}

interface Band {
  readonly band: number;
  readonly endFt: number;
}

/** From the shallowest to the deepest; empty ones that follow each other are one row, as a gap on a log. */
function bandsBetween(known: readonly number[]): Band[] {
  const ascending = known.toSorted((left, right) => left - right);
  return ascending.flatMap((band, at) => {
    const end = { band, endFt: band + BAND_FT };
    const next = ascending[at + 1];
    return next === undefined || next === end.endFt ? [end] : [end, { band: end.endFt, endFt: next }];
  });
}
