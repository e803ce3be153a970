import { CATEGORIES, UPLOADED_RISKS } from "../../src/wire/vocabulary.ts";
import { address } from "../frame/address.ts";
import type { Markup } from "../jsx-runtime.ts";
import { Legend } from "../parts/columns.tsx";
import { JsonIsland } from "../parts/island.tsx";
import { number } from "../parts/numbers.ts";
import type { Series, TrendsPage } from "./model.ts";

const DAY_MS = 86_400_000;

interface Props {
  readonly wish: TrendsPage["wish"];
  readonly series: Series;
}

/** The plot is for eyes; sentence and table say the same to everyone. */
export function SeriesFigure({ wish, series }: Props): Markup {
  const { buckets } = series;
  const order: readonly string[] = wish.by === "category" ? CATEGORIES : UPLOADED_RISKS;
  const names = order.filter((name) => series.counts.some((row) => row.name === name));
  const byBucket = Map.groupBy(series.counts, ({ bucket }) => bucket);
  const valueOf = (bucket: string, name: string): number =>
    byBucket.get(bucket)?.find((row) => row.name === name)?.count ?? 0;
  const data = {
    x: buckets.map((bucket) => Date.parse(bucket) / 1000),
    series: names.map((name) => ({ name, values: buckets.map((bucket) => valueOf(bucket, name)) })),
  };
  return (
    <figure>
      <figcaption>{`By ${wish.by === "category" ? "category" : "risk"}, UTC; stacked`}</figcaption>
      <Legend names={names} />
      <div id="series" class="plot" aria-hidden="true" hx-morph-skip=""></div>
      <JsonIsland id="series-data" value={data} />
      <p>{summary(wish, series)}</p>
      <BucketTable wish={wish} series={series} names={names} valueOf={valueOf} />
    </figure>
  );
}

function summary({ bucket }: TrendsPage["wish"], { counts, buckets, range }: Series): string {
  const sums = [...Map.groupBy(counts, (row) => row.bucket)].map(([name, rows]) => ({
    name,
    events: rows.reduce((sum, { count }) => sum + count, 0),
  }));
  const total = sums.reduce((sum, { events }) => sum + events, 0);
  const most = sums.toSorted((left, right) => right.events - left.events)[0];
  const peak = most === undefined ? "" : `, ${number(most.events)} at most (${bucket} of ${most.name})`;
  return `${number(total)} events from ${range.from} to ${range.to} in ${number(buckets.length)} ${bucket}s${peak}. The last ${bucket} is not over. Counts, not rates: the hub does not know how much was drilled.`;
}

interface TableProps extends Props {
  readonly names: readonly string[];
  readonly valueOf: (bucket: string, name: string) => number;
}

function BucketTable({ wish, series, names, valueOf }: TableProps): Markup {
  const { buckets } = series;
  const caption = `Events a ${wish.bucket}, newest first`;
  return (
    <details>
      <summary>Figures</summary>
      <div class="scroll" tabindex="0" role="region" aria-label={caption}>
        <table>
          <caption>{caption}</caption>
          <thead>
            <tr>
              <th scope="col">{wish.bucket === "day" ? "Day" : "Week of"}</th>
              {[...names, "All"].map((name) => (
                <th scope="col" class="number">
                  {name}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {buckets.toReversed().map((bucket, at) => (
              <tr id={`at-${bucket}`}>
                <th scope="row">
                  <a href={eventsOf(wish, bucket)}>{bucket}</a>
                  {at === 0 && <small> not over yet</small>}
                </th>
                {names.map((name) => (
                  <td class="number">{number(valueOf(bucket, name))}</td>
                ))}
                <td class="number">{number(names.reduce((sum, name) => sum + valueOf(bucket, name), 0))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

function eventsOf({ bucket: size, category, risk, campaign }: TrendsPage["wish"], bucket: string): string {
  const last = new Date(Date.parse(bucket) + (size === "day" ? 0 : 6 * DAY_MS)).toISOString().slice(0, bucket.length);
  return address("/events", { category, risk, campaign, from: bucket, to: last });
}
