import { CAMPAIGNS, CATEGORIES } from "../../src/wire/vocabulary.ts";
import { address } from "../frame/address.ts";
import type { Markup } from "../jsx-runtime.ts";
import { BarShape } from "../parts/bars.tsx";
import { kindOf } from "../parts/columns.tsx";
import { number, percent } from "../parts/numbers.ts";
import { Empty } from "../parts/panel.tsx";
import type { Series } from "./model.ts";

/** Shares within each campaign on one scale, so that unequal numbers of events can be compared; n stands beside. */
export function Campaigns({ series }: { readonly series: Series }): Markup {
  const { campaigns, range } = series;
  if (campaigns.length === 0) return <Empty>No event in this range.</Empty>;
  const countOf = (campaign: string, category?: string): number =>
    campaigns
      .filter((row) => row.campaign === campaign && (category === undefined || row.category === category))
      .reduce((sum, { count }) => sum + count, 0);
  const names = CATEGORIES.filter((category) => campaigns.some((row) => row.category === category));
  const caption = "Categories as shares of their campaign's events; every bar is on the same scale";
  return (
    <div class="scroll" tabindex="0" role="region" aria-label={caption}>
      <table>
        <caption>{caption}</caption>
        <thead>
          <tr>
            <th scope="col">Category</th>
            {CAMPAIGNS.map((campaign) => (
              <th scope="col" colspan="2">
                {`${campaign}, n = ${number(countOf(campaign))}`}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {names.map((category) => (
            <tr id={`share-${category}`}>
              <th scope="row">{category}</th>
              {CAMPAIGNS.map((campaign) => {
                const [count, all] = [countOf(campaign, category), countOf(campaign)];
                return (
                  <>
                    <td class="bar-cell">
                      <BarShape share={all === 0 ? 0 : count / all} kind={kindOf(category)} />
                    </td>
                    <td class="number">
                      <a href={address("/events", { category, campaign, from: range.from, to: range.to })}>
                        {`${percent(all === 0 ? null : count / all)} (${number(count)})`}
                      </a>
                    </td>
                  </>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
